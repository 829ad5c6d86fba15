import { Fragment } from 'react'
import { type Difference, rulesOf, type VersionRecord } from './model'
import { valueWords } from './params'
import { ruleSentence, say } from './sentence'
import { t } from './words'

/** Old and new beside each other, and for each rule the sentence that it becomes. */
export function Differences({ version }: { version: VersionRecord }) {
  const { differences } = version
  if (differences.length === 0) return <p className="dim">{t('version.none')}</p>
  const rules = new Map(rulesOf(version.content).map((found) => [found.rule.key, found]))
  const grouped = new Map<string, Difference[]>()
  for (const one of differences) grouped.set(one.rule, [...(grouped.get(one.rule) ?? []), one])
  return (
    <table className="differences">
      <thead>
        <tr>
          <th scope="col">{t('version.parameter')}</th>
          <th scope="col">{t('version.before')}</th>
          <th scope="col">{t('version.after')}</th>
        </tr>
      </thead>
      <tbody>
        {[...grouped].map(([key, changes]) => {
          const found = rules.get(key)
          return (
            <Fragment key={key}>
              <tr>
                <th scope="rowgroup" colSpan={3}>
                  <span className="clause-id">{found?.clause.id}</span> {found ? say(found.rule.name) : key}
                  {found && <p>{ruleSentence(found.rule.definition)}</p>}
                </th>
              </tr>
              {changes.map((change) => (
                <tr key={change.path}>
                  <th scope="row">{say(change.name)}</th>
                  <td>
                    <del>{valueWords(change.path, change.before)}</del>
                  </td>
                  <td>
                    <ins>{valueWords(change.path, change.after)}</ins>
                  </td>
                </tr>
              ))}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}
