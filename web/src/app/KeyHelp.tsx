import { t } from '@/i18n'
import type { Command, NavItem } from '@/ui/module'
import { Dialog } from '@/ui/Popup'

type Props = { onClose: () => void; items: NavItem[]; commands: Command[] }
type Row = [keys: string[], what: string]

export default function KeyHelp({ onClose, items, commands }: Props) {
  const acts = commands.filter((command) => command.key)
  const places = items.filter((item) => item.key)
  const groups: [string, Row[]][] = [
    [
      t('keys.group.all'),
      [
        [[/mac/i.test(navigator.platform) ? '⌘' : 'Ctrl', 'K'], t('keys.palette')],
        ...acts.map((command): Row => [[command.key ?? ''], command.label()]),
        [['Esc'], t('keys.close')],
        [['?'], t('keys.help')],
      ],
    ],
    [
      t('keys.group.list'),
      [
        [['/'], t('keys.filter')],
        [['j', 'k'], t('keys.rows')],
        [['x'], t('keys.select')],
        [['Enter'], t('keys.open')],
      ],
    ],
    [
      t('keys.group.today'),
      [
        [['r'], t('keys.act')],
        [['s'], t('keys.postpone')],
      ],
    ],
    [t('keys.group.record'), [[['j', 'k'], t('keys.record')]]],
    [t('keys.group.go'), places.map((item): Row => [['g', item.key ?? ''], item.label()])],
  ]
  return (
    <Dialog title={t('shell.help')} open onClose={onClose} size={420}>
      {groups.map(([title, rows]) => (
        <section key={title} className="section">
          <h3 className="small">{title}</h3>
          <dl className="keys">
            {rows.map(([keys, what]) => (
              <div key={what}>
                <dt className="row">
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
