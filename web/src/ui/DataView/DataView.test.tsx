import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ListQuery } from '@/api/lists'
import { draw, server } from '@/test-kit'
import { DataView } from './DataView'
import type { Column } from './types'

type Row = { id: string; name: string; grade: string }
const rows: Row[] = ['甲', '乙', '丙'].map((name, at) => ({ id: `r${at}`, name, grade: at === 0 ? 'vip' : 'key' }))
const columns: Column<Row>[] = [
  { key: 'name', title: () => '名称', kind: 'text', text: (row) => row.name, sort: true, filter: true },
  {
    key: 'grade',
    title: () => '级别',
    kind: 'choice',
    options: () => [{ value: 'vip', label: 'VIP' }],
    text: (row) => row.grade,
    filter: true,
  },
]

let asked: ListQuery[]
const bulk = vi.fn()

async function list(
  url = '/',
  answer: (query: ListQuery) => { items: Row[]; next: string | null } = () => ({ items: rows, next: null }),
) {
  asked = []
  const view = await draw(
    <DataView
      list="things"
      title="东西"
      columns={columns}
      presets={[
        { id: 'all', label: '全部', state: { sort: 'name' } },
        { id: 'vip', label: '要紧的', state: { filters: [['grade', 'in', ['vip']]] } },
      ]}
      queryKey={['things']}
      load={async (query) => {
        asked.push(query)
        return answer(query)
      }}
      id={(row) => row.id}
      searchHint="按名称搜索"
      empty={{ title: '还没有东西', why: '因为还没有人放进来。', action: <button type="button">放一个</button> }}
      bulk={[{ id: 'b', label: '批量', run: bulk }]}
      countAll={async () => ({ count: 10_000, more: true })}
      record={(id, { next, close }) => (
        <div>
          打开了{id}
          <button type="button" onClick={next}>
            下一个
          </button>
          <button type="button" onClick={close}>
            关上
          </button>
        </div>
      )}
    />,
    url,
  )
  const search = () => view.router.state.location.search as Record<string, string>
  return { ...view, search }
}

beforeEach(() => {
  bulk.mockClear()
  server(({ path }) => (path === '/api/v1/views' ? { body: { items: [] } } : undefined))
})

describe('DataView', () => {
  it('asks for what the URL says', async () => {
    await list(`/?q=${encodeURIComponent('甲')}&sort=-name&f=${encodeURIComponent('[["grade","in",["vip"]]]')}`)
    await screen.findByRole('button', { name: '甲' })
    expect(asked[0]).toEqual({
      q: '甲',
      sort: '-name',
      filter: [['grade', 'in', ['vip']]],
      limit: 50,
      cursor: undefined,
    })
  })

  it('walks with j and k, ticks with x, and offers the bulk acts', async () => {
    const user = userEvent.setup()
    await list()
    await screen.findByRole('button', { name: '甲' })
    await user.keyboard('jj')
    expect(document.activeElement?.textContent).toBe('乙')
    await user.keyboard('x')
    await user.keyboard('kx')
    expect(document.activeElement?.textContent).toBe('甲')
    const bar = screen.getByRole('toolbar', { name: '已选 2 条' })
    await user.click(within(bar).getByRole('button', { name: '批量' }))
    expect(bulk.mock.calls[0]?.[0].map((row: Row) => row.id)).toEqual(['r0', 'r1'])
  })

  it('selects all that the view finds, as a question and not as rows', async () => {
    const user = userEvent.setup()
    await list(`/?q=${encodeURIComponent('甲')}`, () => ({ items: rows, next: 'more' }))
    await screen.findByRole('button', { name: '甲' })
    await user.keyboard('jxjxjx')
    await user.click(screen.getByRole('button', { name: '选择筛选出的全部' }))
    const bar = await screen.findByRole('toolbar', { name: '已选至少 10,000 条' })
    await user.click(within(bar).getByRole('button', { name: '批量' }))
    expect(bulk.mock.calls[0]?.[2]).toMatchObject({ q: '甲', filter: [] })
    // One row unticked: it is not everything any more.
    await user.click(screen.getAllByRole('checkbox')[1] as HTMLElement)
    expect(screen.queryByRole('toolbar', { name: '已选至少 10,000 条' })).toBeNull()
  })

  it('does not take letters typed into the keyword', async () => {
    const user = userEvent.setup()
    await list()
    await screen.findByRole('button', { name: '甲' })
    await user.keyboard('/')
    expect(document.activeElement).toBe(screen.getByRole('searchbox'))
    await user.keyboard('xj')
    expect(screen.queryByText('已选 1 条')).toBeNull()
    await waitFor(() => expect(asked.at(-1)?.q).toBe('xj'))
  })

  it('ticks the page and unticks it when the query changes', async () => {
    const user = userEvent.setup()
    await list()
    await screen.findByRole('button', { name: '甲' })
    await user.click(screen.getByRole('checkbox', { name: '选择本页' }))
    expect(screen.getByText('已选 3 条')).toBeTruthy()
    await user.click(screen.getByRole('button', { name: '要紧的' }))
    await waitFor(() => expect(screen.queryByText('已选 3 条')).toBeNull())
  })

  it('adds, shows and removes a condition as a chip', async () => {
    const user = userEvent.setup()
    const { search } = await list()
    await screen.findByRole('button', { name: '甲' })
    await user.click(screen.getByRole('button', { name: '添加筛选' }))
    fireEvent.change(await screen.findByLabelText('字段'), { target: { value: 'grade' } })
    await user.click(await screen.findByLabelText('VIP'))
    await user.click(screen.getByRole('button', { name: '应用', hidden: true }))
    await screen.findByText('级别 属于 VIP')
    expect(search().f).toBe('[["grade","in",["vip"]]]')
    await user.click(screen.getByRole('button', { name: '移除筛选：级别 属于 VIP' }))
    await waitFor(() => expect(search().f).toBeUndefined())
  })

  it('sorts by the heading in three steps', async () => {
    const user = userEvent.setup()
    const { search } = await list()
    const heading = await screen.findByRole('button', { name: '名称' })
    await user.click(heading)
    await waitFor(() => expect(search().sort).toBe('-name'))
    await user.click(heading)
    await waitFor(() => expect(search().sort).toBe('-'))
  })

  it('opens a record, steps to the next, and gives the focus back', async () => {
    const user = userEvent.setup()
    const { search } = await list()
    await user.click(await screen.findByRole('button', { name: '甲' }))
    await screen.findByText('打开了r0')
    await user.click(screen.getByRole('button', { name: '下一个' }))
    await screen.findByText('打开了r1')
    await user.click(screen.getByRole('button', { name: '关上' }))
    await waitFor(() => expect(search().open).toBeUndefined())
    await waitFor(() => expect(document.activeElement?.textContent).toBe('乙'))
  })

  it('grows by cursor and keeps what was there', async () => {
    const user = userEvent.setup()
    await list('/', (query) =>
      query.cursor ? { items: rows.slice(2), next: null } : { items: rows.slice(0, 2), next: 'c2' },
    )
    await screen.findByRole('button', { name: '甲' })
    await screen.findByText('已显示 2 条，共 10,000 条以上')
    await user.click(screen.getByRole('button', { name: '加载更多' }))
    await screen.findByRole('button', { name: '丙' })
    await screen.findByText('共 3 条')
    expect(screen.getByRole('button', { name: '甲' })).toBeDefined()
    expect(screen.queryByRole('button', { name: '加载更多' })).toBeNull()
  })

  it('tells an empty list from a list without a match, and does not blame the reader for the filters of a view', async () => {
    const user = userEvent.setup()
    const { search } = await list('/', () => ({ items: [], next: null }))
    await screen.findByText('还没有东西')
    expect(screen.getByRole('button', { name: '放一个' })).toBeTruthy()
    await user.click(screen.getByRole('button', { name: '要紧的' }))
    await screen.findByText('“要紧的”里没有记录')
    expect(screen.getByText('因为还没有人放进来。')).toBeTruthy()
    await user.type(screen.getByRole('searchbox'), '甲')
    await screen.findByText('没有符合条件的记录')
    await user.click(screen.getByRole('button', { name: '清除筛选' }))
    await waitFor(() => expect(search()).toMatchObject({ f: '[]' }))
  })

  it('says that the filters which the reader has set find nothing', async () => {
    await list(`/?view=vip&f=${encodeURIComponent('[["grade","in",["key"]]]')}`, () => ({ items: [], next: null }))
    await screen.findByText('没有符合条件的记录')
  })

  it('changes a width by keyboard and keeps it in the URL', async () => {
    const { search } = await list()
    const handle = await screen.findByRole('separator', { name: '调整列宽：名称' })
    fireEvent.keyDown(handle, { key: 'ArrowRight' })
    await waitFor(() => expect(search().cols).toBe('name:156,grade:140'))
  })
})
