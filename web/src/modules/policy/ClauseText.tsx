/** One clause as the regulation has it, and under it what the system makes of it. */
import type { ReactNode } from 'react'
import { list } from '@/i18n'
import type { Clause, Rule } from './model'
import { deadlineOf, ladderOf, ownerOf, ruleSentence, say } from './sentence'
import { t } from './words'

export function ClauseText({ clause, aside }: { clause: Clause; aside?: ReactNode }) {
  return (
    <article className="clause" id={clause.id} aria-label={`${clause.id} ${say(clause.title)}`}>
      <div className="clause-text">
        <h3>
          <span className="clause-id">{clause.id}</span> {say(clause.title)}
        </h3>
        <p>{say(clause.text)}</p>
        {clause.rules.map((rule) => (
          <RuleText key={rule.key} rule={rule.definition} />
        ))}
        {!clause.executable && (
          <p className="clause-pending">
            <b>{t('policy.pending')}</b> {say(clause.pending)}
          </p>
        )}
        {clause.see.length > 0 && <p className="clause-pending">{t('policy.see', { list: list(clause.see) })}</p>}
      </div>
      {aside && <aside className="clause-numbers">{aside}</aside>}
    </article>
  )
}

/** Rule, owner, deadline, ladder: the four things that a reader asks. */
export function RuleText({ rule }: { rule: Rule }) {
  return (
    <div className="rule">
      <p className="rule-sentence">{ruleSentence(rule)}</p>
      <dl>
        <div>
          <dt>{t('policy.who')}</dt>
          <dd>{ownerOf(rule)}</dd>
        </div>
        <div>
          <dt>{t('policy.by_when')}</dt>
          <dd>{deadlineOf(rule)}</dd>
        </div>
        <div>
          <dt>{t('policy.escalation')}</dt>
          <dd>{ladderOf(rule)}</dd>
        </div>
      </dl>
    </div>
  )
}
