/** A regulation's parameters by form; what is saved is the draft of a new version (R0-8.2). */
import { useQuery } from '@tanstack/react-query'
import { messageOf } from '@/api'
import {
  Area,
  Button,
  Failed,
  Form,
  type FormState,
  Link,
  Skeleton,
  toast,
  useForm,
  useGo,
  useParam,
  useSearch,
  useTitle,
} from '@/ui'
import { type Clause, type Policy, type RuleView, rulesOf, type VersionRecord } from './model'
import { ParamField } from './ParamField'
import { applied, type Draft, problemsOf, toChanges, toDraft, valueOf, withValue } from './params'
import { changeVersion, createVersion, policyQuery, useRefresh, versionQuery } from './queries'
import { ruleSentence, say } from './sentence'
import { t } from './words'
import './policy.css'

export default function PolicyForm() {
  const key = useParam('key')
  const { version: draftId } = useSearch()
  const policy = useQuery(policyQuery(key))
  const draft = useQuery({ ...versionQuery(draftId ?? ''), enabled: Boolean(draftId) })
  useTitle(policy.data ? t('edit.title', { name: say(policy.data.title) }) : t('policy.edit'))
  const error = policy.error ?? draft.error
  if (error) {
    return <Failed title={t('policy.missing')} why={messageOf(error)} onRetry={() => void policy.refetch()} />
  }
  if (!policy.data || (draftId && !draft.data)) {
    return (
      <div className="page">
        <Skeleton lines={10} />
      </div>
    )
  }
  return <Editor key={draftId} policy={policy.data} draft={draft.data} />
}

type Values = { draft: Draft; note: string }

function Editor({ policy, draft }: { policy: Policy; draft: VersionRecord | undefined }) {
  const go = useGo()
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { draft: toDraft(draft?.changes ?? []), note: draft?.note ?? '' },
    check: (values) => checked(policy, values),
    submit: async (values, key) => {
      const body = { changes: toChanges(values.draft), note: values.note.trim() || null }
      const saved = draft
        ? await changeVersion(draft, body)
        : await createVersion(policy.key, { from_version: policy.version?.number ?? 1, ...body }, key)
      toast(t('edit.saved'))
      await refresh()
      // After this render, when the form no longer guards unsaved text.
      setTimeout(() => go(`/policy/versions/${saved.id}`, { replace: true }))
    },
  })
  const changed = Object.values(form.values.draft).reduce((n, params) => n + Object.keys(params).length, 0)
  return (
    <div className="page policy-form">
      <p>
        <Link to={`/policy/${policy.key}`}>‹ {say(policy.title)}</Link>
      </p>
      <div className="page-head">
        <h1>{t('edit.title', { name: say(policy.title) })}</h1>
      </div>
      <p className="dim">{t('edit.intro')}</p>
      <p className="dim">{t('edit.only_rules')}</p>
      <Form form={form} submitLabel={t('edit.save')} onCancel={() => go(`/policy/${policy.key}`)}>
        {rulesOf(policy).map(({ clause, rule }) => (
          <RuleFields key={rule.key} clause={clause} rule={rule} form={form} />
        ))}
        <Area label={t('edit.note')} hint={t('edit.note_hint')} {...form.bind('note')} />
        <p role="status">{changed > 0 ? t('edit.changed', { n: changed }) : t('edit.unchanged')}</p>
      </Form>
    </div>
  )
}

function checked(policy: Policy, values: Values): Record<string, string> {
  const texts = { empty: t('edit.empty'), range: (low: number, high: number) => t('edit.range', { low, high }) }
  const problems = problemsOf(policy, values.draft, texts)
  return Object.keys(values.draft).length === 0 ? { ...problems, note: t('edit.nothing') } : problems
}

type RuleProps = { clause: Clause; rule: RuleView; form: FormState<Values> }

function RuleFields({ clause, rule, form }: RuleProps) {
  const { draft } = form.values
  const touched = rule.key in draft
  const reset = () => {
    const { [rule.key]: _, ...others } = draft
    form.set({ draft: others })
  }
  return (
    <fieldset className="rule-form" data-changed={touched || undefined}>
      <legend>
        <span className="clause-id">{clause.id}</span> {say(rule.name)}
      </legend>
      <div className="rule-preview">
        <p className={touched ? 'dim' : undefined}>
          {touched && `${t('edit.now')}: `}
          {ruleSentence(rule.definition)}
        </p>
        {touched && (
          <p>
            {t('edit.then')}: <b>{ruleSentence(applied(rule, draft))}</b>{' '}
            <Button size="xs" kind="quiet" onClick={reset}>
              {t('edit.reset')}
            </Button>
          </p>
        )}
      </div>
      <div className="params">
        {rule.params.map((param) => (
          <ParamField
            key={param.path}
            param={param}
            name={`${rule.key}.${param.path}`}
            value={valueOf(draft, rule.key, param)}
            error={form.errors[`${rule.key}.${param.path}`]}
            onChange={(value) => form.set({ draft: withValue(draft, rule.key, param, value) })}
          />
        ))}
      </div>
    </fieldset>
  )
}
