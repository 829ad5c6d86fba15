/** A regulation as data: clause → rule → parameters, the same words as the policy files of the server. */
export type Both = { zh: string; en: string }

export type Selector = string | { fact: string; where?: Record<string, unknown[]> }
export type FestivalWindow = { festivals: string[]; days_before: number; days_after?: number }
export type Per = 'week' | 'month' | 'quarter' | 'half_year' | 'year' | FestivalWindow
export type Need = { what: string; counts: Selector[]; at_least: number }
/** `after` is written as in the files: `0`, `30m`, `24h`, `2wd`. */
export type Rung = { after: string; to: string }

export type ParamKind = 'count' | 'number' | 'span' | 'choice' | 'choices' | 'calendar' | 'shares' | 'ladder' | 'flag'
export type Param = {
  /** The place in the rule: `quota.need.0.at_least`. */
  path: string
  name: Both
  kind: ParamKind
  value: unknown
  min?: number | null
  max?: number | null
  options?: string[]
}

/** Exactly one of `within`, `every`, `quota` and `target` is there. */
export type Rule = {
  key: string
  name: Both
  /** What owes it: a customer, unless said otherwise. */
  subject?: string
  of?: Record<string, unknown[]>
  owner: string
  calendar?: string
  warnings?: number[]
  ladder?: Rung[]
  pausable?: boolean
  within?: { start: Selector[]; stop: Selector[]; budget: string; cancel?: Selector[] }
  every?: { per: Per; facts: Selector[]; joins?: string }
  quota?: { per: Per; need: Need[]; joins?: string }
  target?: { per: Per; measure: string; at_least: number; joins?: string }
}

/** A rule as the server shows it: what the file says, and what of it a form may change. */
export type RuleView = { key: string; name: Both; owner: string; params: Param[]; definition: Rule }

export type Clause = {
  id: string
  title: Both
  text: Both
  /** Clauses whose rules keep this one too. */
  see: string[]
  executable: boolean
  /** What keeps it, where no rule does. */
  pending?: Both | null
  rules: RuleView[]
}

export type Ref = { id: string; name: string }
export type VersionState = 'draft' | 'submitted' | 'approved' | 'effective' | 'superseded' | 'rejected'
export type RuleChange = { rule: string; params: Record<string, unknown> }

export type Version = {
  id: string
  policy: string
  number: number
  state: VersionState
  based_on?: number | null
  note?: string | null
  author: Ref
  submitted_at?: string | null
  approver?: Ref | null
  decided_at?: string | null
  reason?: string | null
  effective_on?: string | null
  effective_at?: string | null
  superseded_at?: string | null
  version: number
  created_at: string
}

export type PolicySummary = {
  key: string
  title: Both
  summary: Both
  adopted: boolean
  clauses: number
  executable: number
  effective?: Version | null
  /** Newest first. */
  versions: Version[]
}

export type Chapter = { key: string; clauses: Clause[] }
export type Policy = {
  key: string
  title: Both
  summary: Both
  adopted: boolean
  version?: Version | null
  chapters: Chapter[]
}

/** A parameter that differs from the version it is based on. */
export type Difference = { clause: string; rule: string; path: string; name: Both; before: unknown; after: unknown }
export type VersionRecord = Version & {
  approvers: Ref[]
  changes: RuleChange[]
  differences: Difference[]
  content: Policy
}

export type DutyState = 'open' | 'paused' | 'met' | 'late' | 'missed' | 'waived' | 'cancelled'
export type Progress = { what: string; have: number; need: number }

export type Duty = {
  id: string
  clause: string
  rule: string
  name: Both
  what: { key: string; params: Record<string, unknown> }
  customer?: (Ref & { grade: string; visible: boolean }) | null
  /** What it is about, and what the rule calls whatever owes it: `case` is one of the service desk. */
  subject_id: string
  subject_kind: string
  /** The period it belongs to, or the number of the clock. */
  occurrence: string
  owner?: Ref | null
  deputy?: Ref | null
  department?: Ref | null
  state: DutyState
  opens_at: string
  act_at?: string | null
  /** Nothing while a pause holds the clock. */
  due_at?: string | null
  due_on?: string | null
  progress: Progress[]
  met_at?: string | null
  /** What was left when it was met, on the rule's calendar; negative is late. */
  margin_seconds?: number | null
  closed_at?: string | null
  postponed_until?: string | null
  provisional: boolean
  pausable: boolean
  version: number
}

export type DutyEvent = {
  kind: string
  at: string
  recorded_at: string
  actor?: Ref | null
  reason?: string | null
  data?: Record<string, unknown> | null
}
export type Evidence = {
  id: string
  kind: string
  subject_id: string
  at: string
  recorded_at: string
  actor?: Ref | null
  attributes: Record<string, unknown>
}
export type LadderStep = { key: string; level: number; at: string; told: Ref[] }

export type DutyRecord = Duty & {
  clause_title: Both
  clause_text: Both
  policy: string
  policy_version: number
  history: DutyEvent[]
  evidence: Evidence[]
  steps: LadderStep[]
}

export type Group = 'clause' | 'department' | 'person'
/** Duties by what became of them; the rate is in percent, and absent where nothing is decided yet. */
export type Figures = {
  due: number
  met: number
  late: number
  missed: number
  waived: number
  open: number
  rate?: number | null
}
export type ComplianceRow = Figures & {
  /** The clause, or the id of the department or person. */
  key: string
  label: Both
  /** Of six spans of the same length, oldest first, the asked one last. */
  trend: (number | null)[]
  worst?: (Ref & { rate: number }) | null
}
export type Compliance = { from: string; to: string; group: Group; rows: ComplianceRow[]; total: Figures }

/** The chapters of the handbook, in its order. */
export const CHAPTERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'G+', 'H', 'I', 'J'] as const

/** The chapters of several regulations as one book, in the order of the handbook. */
export function mergeChapters(policies: Policy[]): Chapter[] {
  const rank = (key: string) => {
    const at = (CHAPTERS as readonly string[]).indexOf(key)
    return at < 0 ? CHAPTERS.length : at
  }
  const merged = new Map<string, Clause[]>()
  for (const chapter of policies.flatMap((policy) => policy.chapters)) {
    merged.set(chapter.key, [...(merged.get(chapter.key) ?? []), ...chapter.clauses])
  }
  return [...merged].map(([key, clauses]) => ({ key, clauses })).sort((a, b) => rank(a.key) - rank(b.key))
}

export function rulesOf(policy: Policy): { clause: Clause; rule: RuleView }[] {
  return policy.chapters.flatMap(({ clauses }) =>
    clauses.flatMap((clause) => clause.rules.map((rule) => ({ clause, rule }))),
  )
}
