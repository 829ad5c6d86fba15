import { type KeyboardEvent, useRef, useState } from 'react'
import { Icon } from '@/ui'
import { PersonName } from './PersonName'
import {
  buildTree,
  canMove,
  type Department,
  indent,
  type Move,
  moveInto,
  type Node,
  outdent,
  shift,
  visibleRows,
} from './tree'
import { t } from './words'

type Props = {
  all: Department[]
  chosen: string
  onChoose: (id: string) => void
  /** Absent for those who may only look. */
  onMove?: (moves: Move[]) => void
}

export function DepartmentTree({ all, chosen, onChoose, onMove }: Props) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [dragged, setDragged] = useState<string>()
  const [over, setOver] = useState<string>()
  const root = useRef<HTMLDivElement>(null)
  const rows = visibleRows(buildTree(all), closed)

  const toggle = (id: string, close: boolean) => {
    const next = new Set(closed)
    if (close) next.add(id)
    else next.delete(id)
    setClosed(next)
  }
  const focus = (id: string | undefined) => {
    if (!id) return
    onChoose(id)
    root.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus()
  }
  const arrange = (node: Node, key: string) => {
    const moves = new Map([
      ['ArrowUp', () => shift(all, node.id, -1)],
      ['ArrowDown', () => shift(all, node.id, 1)],
      ['ArrowRight', () => indent(all, node.id)],
      ['ArrowLeft', () => outdent(all, node.id)],
    ]).get(key)
    if (!moves || !onMove) return false
    onMove(moves())
    return true
  }
  const walk = (node: Node, key: string): boolean => {
    const at = rows.findIndex((row) => row.id === node.id)
    const opened = node.children.length > 0 && !closed.has(node.id)
    const acts = new Map([
      ['ArrowDown', () => focus(rows[at + 1]?.id)],
      ['ArrowUp', () => focus(rows[at - 1]?.id)],
      ['Home', () => focus(rows[0]?.id)],
      ['End', () => focus(rows.at(-1)?.id)],
      ['ArrowRight', () => (opened ? focus(node.children[0]?.id) : toggle(node.id, false))],
      ['ArrowLeft', () => (opened ? toggle(node.id, true) : focus(node.parent_id ?? undefined))],
      ['Enter', () => onChoose(node.id)],
      [' ', () => onChoose(node.id)],
    ])
    const act = acts.get(key)
    act?.()
    return act !== undefined
  }
  const onKey = (node: Node) => (event: KeyboardEvent) => {
    const done = event.altKey ? arrange(node, event.key) : walk(node, event.key)
    if (!done) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div ref={root} role="tree" aria-label={t('department.tree')} className="tree">
      {rows.map((node) => (
        <div
          key={node.id}
          role="treeitem"
          data-id={node.id}
          tabIndex={node.id === chosen ? 0 : -1}
          aria-level={node.depth + 1}
          aria-selected={node.id === chosen}
          aria-expanded={node.children.length > 0 ? !closed.has(node.id) : undefined}
          data-over={over === node.id || undefined}
          style={{ paddingLeft: 8 + node.depth * 22 }}
          draggable={Boolean(onMove && node.parent_id)}
          onKeyDown={onKey(node)}
          onClick={() => focus(node.id)}
          onDragStart={() => setDragged(node.id)}
          onDragEnd={() => {
            setDragged(undefined)
            setOver(undefined)
          }}
          onDragOver={(event) => {
            if (!dragged || !canMove(all, dragged, node.id)) return
            event.preventDefault()
            setOver(node.id)
          }}
          onDragLeave={() => setOver(undefined)}
          onDrop={() => {
            if (dragged) onMove?.(moveInto(all, dragged, node.id))
          }}
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
          <span className="grow clip">{node.name}</span>
          <span className="dim clip">
            <PersonName id={node.head_id} />
          </span>
        </div>
      ))}
    </div>
  )
}
