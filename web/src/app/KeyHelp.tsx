import { t } from '@/i18n'
import type { Command, NavItem } from '@/ui/module'
import { Dialog } from '@/ui/Popup'

type Props = { onClose: () => void; items: NavItem[]; commands: Command[] }

export default function KeyHelp({ onClose, items, commands }: Props) {
  const rows: [string[], string][] = [
    [['Ctrl', 'K'], t('keys.palette')],
    ...commands
      .filter((command) => command.key)
      .map((command): [string[], string] => [[command.key ?? ''], command.label()]),
    [['/'], t('keys.filter')],
    [['j', 'k'], t('keys.rows')],
    [['x'], t('keys.select')],
    [['Enter'], t('keys.open')],
    [['j', 'k'], t('keys.record')],
    [['Esc'], t('keys.close')],
    ...items
      .filter((item) => item.key)
      .map((item): [string[], string] => [['g', item.key ?? ''], t('keys.go', { what: item.label() })]),
    [['?'], t('keys.help')],
  ]
  return (
    <Dialog title={t('shell.help')} open onClose={onClose} size={420}>
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
    </Dialog>
  )
}
