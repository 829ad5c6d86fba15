/** The tree of departments and its moves. A move is a list of changes, each sent with the version it was made from. */
export type Department = {
  id: string
  name: string
  parent_id?: string | null
  head_id?: string | null
  position: number
  version: number
}

export type Node = Department & { children: Node[]; depth: number }
export type Move = { id: string; version: number; change: { parent_id?: string; position?: number } }

const order = (a: Department, b: Department) => a.position - b.position || a.name.localeCompare(b.name, 'zh')

function childrenOf(all: Department[], parent: string | null): Department[] {
  return all.filter((one) => (one.parent_id ?? null) === parent).sort(order)
}

export function buildTree(all: Department[], parent: string | null = null, depth = 0): Node[] {
  return childrenOf(all, parent).map((one) => ({ ...one, depth, children: buildTree(all, one.id, depth + 1) }))
}

/** The rows that are visible, from top to bottom. */
export function visibleRows(tree: Node[], closed: ReadonlySet<string>): Node[] {
  return tree.flatMap((node) => [node, ...(closed.has(node.id) ? [] : visibleRows(node.children, closed))])
}

export function isBelow(all: Department[], id: string, ancestor: string): boolean {
  const byId = new Map(all.map((one) => [one.id, one]))
  for (let at = byId.get(id); at; at = byId.get(at.parent_id ?? '')) if (at.id === ancestor) return true
  return false
}

/** The root stays, and nothing goes below itself. */
export function canMove(all: Department[], id: string, parent: string): boolean {
  const moved = all.find((one) => one.id === id)
  return Boolean(moved?.parent_id) && moved?.parent_id !== parent && !isBelow(all, parent, id)
}

/** To the end of another department. */
export function moveInto(all: Department[], id: string, parent: string): Move[] {
  const moved = all.find((one) => one.id === id)
  if (!moved || !canMove(all, id, parent)) return []
  const last = childrenOf(all, parent).at(-1)
  return [{ id, version: moved.version, change: { parent_id: parent, position: (last?.position ?? -1) + 1 } }]
}

/** One place up or down among those beside it. */
export function shift(all: Department[], id: string, step: -1 | 1): Move[] {
  const moved = all.find((one) => one.id === id)
  if (!moved?.parent_id) return []
  const siblings = childrenOf(all, moved.parent_id)
  const from = siblings.findIndex((one) => one.id === id)
  const to = from + step
  if (to < 0 || to >= siblings.length) return []
  const next = [...siblings]
  next.splice(from, 1)
  next.splice(to, 0, moved)
  // Departments made elsewhere may share a position: only those that really change are sent.
  return next.flatMap((one, position) =>
    one.position === position ? [] : [{ id: one.id, version: one.version, change: { position } }],
  )
}

/** Below the one above it. */
export function indent(all: Department[], id: string): Move[] {
  const moved = all.find((one) => one.id === id)
  if (!moved?.parent_id) return []
  const siblings = childrenOf(all, moved.parent_id)
  const above = siblings[siblings.findIndex((one) => one.id === id) - 1]
  return above ? moveInto(all, id, above.id) : []
}

/** Beside the one it belonged to. */
export function outdent(all: Department[], id: string): Move[] {
  const moved = all.find((one) => one.id === id)
  const parent = all.find((one) => one.id === moved?.parent_id)
  return parent?.parent_id ? moveInto(all, id, parent.parent_id) : []
}
