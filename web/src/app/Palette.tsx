/** ⌘K: records from the server, pages and actions from the manifests; Chinese, full pinyin, initials. */
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { searchRecords } from '@/api/lookups'
import { useMe } from '@/api/session'
import { locale, lookup, t } from '@/i18n'
import { Icon, type IconName } from '@/ui/Icon'
import type { Command } from '@/ui/module'
import { useGo } from '@/ui/nav'
import { Dialog } from '@/ui/Popup'
import { loadMatcher, type Matcher, plainMatch } from './matcher'
import { allowed, entriesOf } from './permissions'
import { commands, navigation, recordPath } from './registry'
import { usePaint, useSignOut, useSpeak } from './session'

type Entry = {
  id: string
  group: string
  label: string
  hint?: string
  found?: string
  icon: IconName
  run: () => void
}

export default function Palette({
  onClose,
  onCommand,
}: {
  onClose: () => void
  onCommand: (command: Command) => void
}) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const entries = useEntries(text.trim(), onClose, onCommand)
  const current = entries[Math.min(at, entries.length - 1)]
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setAt((before) => (Math.min(before, entries.length - 1) + step + entries.length) % Math.max(1, entries.length))
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      current?.run()
    }
  }
  return (
    <Dialog title={t('keys.palette')} open onClose={onClose} size={620} bare>
      <div className="palette">
        <input
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={current ? `${listId}-${current.id}` : undefined}
          aria-label={t('shell.search_hint')}
          placeholder={t('shell.search_hint')}
          data-autofocus
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={onKey}
        />
        {entries.length === 0 && <p className="dim">{text ? t('palette.empty', { q: text }) : t('palette.start')}</p>}
        <div role="listbox" id={listId} aria-label={t('keys.palette')}>
          {entries.map((entry, index) => (
            <div key={entry.id} role="presentation">
              {entries[index - 1]?.group !== entry.group && (
                <h3 role="presentation" className="palette-group">
                  {entry.group}
                </h3>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input above drives the list by arrows and Enter */}
              <div
                id={`${listId}-${entry.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={entry === current}
                className="palette-item"
                onClick={entry.run}
                onMouseMove={() => setAt(index)}
              >
                <Icon name={entry.icon} />
                <span className="grow clip">
                  <span className="clip">{entry.label}</span>
                  {entry.found && <span className="dim clip palette-found">{entry.found}</span>}
                </span>
                {entry.hint && <span className="dim clip">{entry.hint}</span>}
              </div>
            </div>
          ))}
        </div>
        {!text && entries.length > 0 && <p className="dim">{t('palette.start')}</p>}
      </div>
    </Dialog>
  )
}

function useEntries(text: string, onClose: () => void, onCommand: (command: Command) => void): Entry[] {
  const me = useMe()
  const go = useGo()
  const matches = useMatcher()
  const settled = useSettled(text)
  const found = useQuery({
    queryKey: ['search', settled],
    queryFn: ({ signal }) => searchRecords(settled, undefined, signal),
    enabled: settled.length > 0,
    staleTime: 30_000,
  })
  const open = (to: string) => () => {
    onClose()
    go(to)
  }
  const records = (text ? (found.data ?? []) : []).flatMap((hit): Entry[] => {
    const to = recordPath(hit.kind, hit.id)
    if (!to) return []
    const kind = lookup(`kind.${hit.kind}`) ?? hit.kind
    return [
      {
        id: hit.id,
        group: t('palette.records'),
        label: hit.title,
        hint: hit.subtitle ?? kind,
        found: hit.matched ? `${t(`palette.by_${hit.matched.by}`)} ${hit.matched.name}` : undefined,
        icon: 'customers',
        run: open(to),
      },
    ]
  })
  const pages = entriesOf(navigation, me)
    .filter((item) => matches(item.label(), text))
    .map(
      (item): Entry => ({
        id: item.to,
        group: t('palette.pages'),
        label: item.label(),
        icon: item.icon,
        run: open(item.to),
      }),
    )
  const own = useOwnActs(onClose).filter(
    (act) => text !== '' && (matches(act.label, text) || matches(act.keywords, text)),
  )
  const acts = allowed(commands, me)
    .filter((command) => matches(command.label(), text) || (text !== '' && matches(command.keywords ?? '', text)))
    .map(
      (command): Entry => ({
        id: command.id,
        group: t('palette.actions'),
        label: command.label(),
        icon: 'right',
        run: () => onCommand(command),
      }),
    )
  const mine = own.map(({ keywords: _, ...act }): Entry => ({ ...act, group: t('palette.actions'), icon: 'right' }))
  return [...records, ...pages, ...acts, ...mine]
}

/** What the person's menu offers, under the words one would type for it. */
function useOwnActs(onClose: () => void) {
  const { scheme, setScheme } = usePaint()
  const speak = useSpeak()
  const signOut = useSignOut()
  const acts = [
    {
      id: 'own.theme',
      label: t(scheme === 'dark' ? 'palette.light' : 'palette.dark'),
      keywords: 'theme dark light 外观 主题 深色 浅色 夜间',
      run: () => setScheme(scheme === 'dark' ? 'light' : 'dark'),
    },
    {
      id: 'own.language',
      label: locale() === 'zh' ? 'English' : '中文',
      keywords: 'language english chinese 语言 英文 中文',
      run: () => speak(locale() === 'zh' ? 'en' : 'zh'),
    },
    {
      id: 'own.sign_out',
      label: t('shell.sign_out'),
      keywords: 'log out logout sign out 退出 注销',
      run: () => void signOut(),
    },
  ]
  return acts.map((act) => ({
    ...act,
    run: () => {
      onClose()
      act.run()
    },
  }))
}

function useMatcher(): Matcher {
  const [matcher, set] = useState<Matcher>(() => plainMatch)
  useEffect(() => {
    let here = true
    void loadMatcher().then((loaded) => here && set(() => loaded))
    return () => {
      here = false
    }
  }, [])
  return matcher
}

function useSettled(value: string): string {
  const [settled, set] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => set(value), 150)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
