/** The rows of the chart: walked and rearranged by keyboard or by dragging; edited by Enter or a second click. */
import { type KeyboardEvent, useRef, useState } from 'react'
import { Icon, Status } from '@/ui'
import { Attitude, word } from '../options'
import type { ChartUnit, Contact } from '../queries'
import { t } from '../words'
import { buildChart, indent, type Move, moveOnto, type Node, outdent, shift, visibleRows } from './tree'

type Props = {
  name: string
  /** The customer itself, above all departments. */
  top: string
  units: ChartUnit[]
  people: Contact[]
  /** Absent for those who may only look. */
  onMove?: (move: Move) => void
  onEdit?: (what: { unit: ChartUnit } | { person: Contact }) => void
}

const TOP = 'top'

export function ChartTree({ name, top, units, people, onMove, onEdit }: Props) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<string>()
  const [dragged, setDragged] = useState<Node>()
  const [over, setOver] = useState<string>()
  const root = useRef<HTMLDivElement>(null)
  const tree = buildChart(units, people)
  const rows = visibleRows(tree, closed)
  const current = rows.find((row) => row.id === chosen) ?? rows[0]

  const toggle = (id: string, close: boolean) => {
    const next = new Set(closed)
    if (close) next.add(id)
    else next.delete(id)
    setClosed(next)
  }
  const focus = (id: string | undefined) => {
    if (!id) return
    setChosen(id)
    root.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus()
  }
  const edit = (node: Node) => onEdit?.(node.unit ? { unit: node.unit } : { person: node.person })
  const arrange = (node: Node, key: string): boolean => {
    const moves = new Map([
      ['ArrowUp', () => shift(tree, node, -1)],
      ['ArrowDown', () => shift(tree, node, 1)],
      ['ArrowRight', () => indent(tree, node)],
      ['ArrowLeft', () => outdent(node)],
    ]).get(key)
    if (!moves || !onMove) return false
    const move = moves()
    if (move) onMove(move)
    return true
  }
  const walk = (node: Node, key: string): boolean => {
    const at = rows.findIndex((row) => row.id === node.id)
    const opened = node.children.length > 0 && !closed.has(node.id)
    const act = new Map([
      ['ArrowDown', () => focus(rows[at + 1]?.id)],
      ['ArrowUp', () => focus(rows[at - 1]?.id)],
      ['Home', () => focus(rows[0]?.id)],
      ['End', () => focus(rows.at(-1)?.id)],
      ['ArrowRight', () => (opened ? focus(node.children[0]?.id) : toggle(node.id, false))],
      ['ArrowLeft', () => (opened ? toggle(node.id, true) : focus(node.parent?.id))],
      ['Enter', () => edit(node)],
    ]).get(key)
    act?.()
    return act !== undefined
  }
  const onKey = (node: Node) => (event: KeyboardEvent) => {
    const done = event.altKey ? arrange(node, event.key) : walk(node, event.key)
    if (!done) return
    event.preventDefault()
    event.stopPropagation()
  }
  const landing = (id: string, target: Node | undefined) => ({
    'data-over': over === id || undefined,
    onDragOver: (event: React.DragEvent) => {
      if (!dragged || !moveOnto(dragged, target)) return
      event.preventDefault()
      setOver(id)
    },
    onDragLeave: () => setOver(undefined),
    onDrop: () => {
      const move = dragged && moveOnto(dragged, target)
      if (move) onMove?.(move)
    },
  })
  return (
    <>
      <div className="chart-top" {...landing(TOP, undefined)}>
        <b>{top}</b>
        {dragged && <span className="dim">{t('chart.top')}</span>}
      </div>
      <div ref={root} role="tree" aria-label={name} className="chart-tree">
        {rows.map((node) => (
          <div
            key={node.id}
            role="treeitem"
            data-id={node.id}
            data-kind={node.unit ? 'unit' : 'person'}
            tabIndex={node.id === current?.id ? 0 : -1}
            aria-level={node.depth + 1}
            aria-selected={node.id === chosen}
            aria-expanded={node.children.length > 0 ? !closed.has(node.id) : undefined}
            style={{ paddingLeft: `calc(8px + ${node.depth} * var(--indent))` }}
            draggable={Boolean(onMove)}
            onKeyDown={onKey(node)}
            onClick={() => (chosen === node.id ? edit(node) : focus(node.id))}
            onDragStart={() => setDragged(node)}
            onDragEnd={() => {
              setDragged(undefined)
              setOver(undefined)
            }}
            {...landing(node.id, node)}
          >
            {/* Only for the pointer: the arrow keys open and close. */}
            <span
              className="tree-toggle"
              aria-hidden="true"
              data-empty={node.children.length === 0 || undefined}
              onClick={(event) => {
                event.stopPropagation()
                toggle(node.id, !closed.has(node.id))
              }}
            >
              <Icon name={closed.has(node.id) ? 'right' : 'down'} />
            </span>
            {node.unit ? <b className="clip">{node.unit.name}</b> : <PersonRow person={node.person} people={people} />}
          </div>
        ))}
      </div>
    </>
  )
}

function PersonRow({ person, people }: { person: Contact; people: Contact[] }) {
  const superior = people.find((other) => other.id === person.reports_to)
  const beside = superior?.unit_id === person.unit_id
  return (
    <span className="chart-person">
      <span>{person.name}</span>
      <span className="dim">{[word('salutation', person.salutation), person.position].filter(Boolean).join(' ')}</span>
      {person.decision_maker && <Status tone="accent">{t('field.decision_maker')}</Status>}
      {person.attitude && <Attitude attitude={person.attitude} />}
      {person.influence && <span className="dim">{word('influence', person.influence)}</span>}
      {person.no_contact && <Status tone="bad">{t('contact.barred')}</Status>}
      {superior && !beside && (
        <span className="dim">
          {t('field.reports_to')} {superior.name}
        </span>
      )}
    </span>
  )
}
