/** The organisation chart of a customer as a tree of departments and people, and its moves. Pure. */
import type { ChartUnit, Contact } from '../queries'

export type Node = {
  id: string
  depth: number
  /** What it stands below; nothing for what stands directly below the customer. */
  parent: Node | undefined
  children: Node[]
} & ({ unit: ChartUnit; person?: undefined } | { person: Contact; unit?: undefined })

export type Move =
  | { unit: ChartUnit; change: { parent_id?: string | null; place?: number } }
  | { person: Contact; change: { unit_id?: string | null; reports_to?: string | null } }

/** People first, those who report to somebody of their own department below them; then the departments. */
export function buildChart(units: readonly ChartUnit[], people: readonly Contact[]): Node[] {
  const there = people.filter((person) => !person.left)
  const known = new Set(units.map((unit) => unit.id))
  const home = (person: Contact) => (person.unit_id && known.has(person.unit_id) ? person.unit_id : null)
  const inUnit = (unit: string | null) => there.filter((person) => home(person) === unit)
  const peopleOf = (unit: string | null, superior: string | null, parent: Node | undefined, depth: number): Node[] => {
    const beside = inUnit(unit)
    const here = beside.filter((person) => superiorIn(beside, person) === superior)
    return here.map((person) => {
      const node: Node = { id: person.id, depth, parent, person, children: [] }
      node.children = peopleOf(unit, person.id, node, depth + 1)
      return node
    })
  }
  const unitsOf = (above: string | null, parent: Node | undefined, depth: number): Node[] =>
    units
      .filter((unit) => (unit.parent_id ?? null) === above)
      .map((unit) => {
        const node: Node = { id: unit.id, depth, parent, unit, children: [] }
        node.children = [...peopleOf(unit.id, null, node, depth + 1), ...unitsOf(unit.id, node, depth + 1)]
        return node
      })
  return [...peopleOf(null, null, undefined, 0), ...unitsOf(null, undefined, 0)]
}

/** The superior beside somebody; nobody where the way up comes back to where it began. */
function superiorIn(beside: readonly Contact[], person: Contact): string | null {
  const above = (one: Contact) => beside.find((other) => other.id === one.reports_to)
  const superior = above(person)
  const passed = new Set([person.id])
  for (let at = superior; at; at = above(at)) {
    if (passed.has(at.id)) return null
    passed.add(at.id)
  }
  return superior?.id ?? null
}

export function visibleRows(tree: readonly Node[], closed: ReadonlySet<string>): Node[] {
  return tree.flatMap((node) => [node, ...(closed.has(node.id) ? [] : visibleRows(node.children, closed))])
}

function isIn(node: Node | undefined, ancestor: Node): boolean {
  for (let at = node; at; at = at.parent) if (at.id === ancestor.id) return true
  return false
}

/** Where something would come to stand, dropped on another row, or beside all of them (`undefined`). */
export function moveOnto(moved: Node, target: Node | undefined): Move | undefined {
  if (isIn(target, moved) || moved.parent?.id === target?.id) return undefined
  if (moved.unit) {
    if (target?.person) return undefined
    return { unit: moved.unit, change: { parent_id: target?.unit.id ?? null } }
  }
  const unit_id = (target?.person ? target.person.unit_id : target?.unit.id) ?? null
  return { person: moved.person, change: { unit_id, reports_to: target?.person?.id ?? null } }
}

const besides = (tree: readonly Node[], node: Node): readonly Node[] => node.parent?.children ?? tree

/** A department goes up or down among those beside it; somebody goes to the department above or below theirs. */
export function shift(tree: readonly Node[], node: Node, step: -1 | 1): Move | undefined {
  if (node.unit) {
    const units = besides(tree, node).filter((one) => one.unit)
    const place = units.findIndex((one) => one.id === node.id) + step
    return place < 0 || place >= units.length ? undefined : { unit: node.unit, change: { place } }
  }
  const units = visibleRows(tree, new Set()).filter((row) => row.unit)
  const home = units.findIndex((row) => row.id === node.person.unit_id)
  const to = home + step
  if (to < -1 || to >= units.length || (home < 0 && step < 0)) return undefined
  return { person: node.person, change: { unit_id: units[to]?.id ?? null, reports_to: null } }
}

/** Below the one of its kind directly above it. */
export function indent(tree: readonly Node[], node: Node): Move | undefined {
  const alike = besides(tree, node).filter((one) => Boolean(one.unit) === Boolean(node.unit))
  const above = alike[alike.findIndex((one) => one.id === node.id) - 1]
  return above && moveOnto(node, above)
}

/** Beside what it stands below. */
export function outdent(node: Node): Move | undefined {
  return node.parent && moveOnto(node, node.parent.parent)
}

export type Standing = { decide: number; support: number; neutral: number; oppose: number }

/** How those who are still there stand to us. */
export function standing(people: readonly Contact[]): Standing {
  const there = people.filter((person) => !person.left)
  const of = (attitude: Contact['attitude']) => there.filter((person) => person.attitude === attitude).length
  return {
    decide: there.filter((person) => person.decision_maker).length,
    support: of('support'),
    neutral: of('neutral'),
    oppose: of('oppose'),
  }
}
