import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, newKey, useCan } from '@/api'
import { t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import { Empty, Failed, Form, IconButton, required, Skeleton, Text, toast, undoable, useForm } from '@/ui'
import { m } from './messages'
import { changePost, createPost, deletePost, keys, type Post, postsQuery, useRefresh } from './queries'
import { t } from './words'
import './people.css'

export default function PostPage() {
  const posts = useQuery(postsQuery)
  const can = useCan()
  return (
    <SettingsFrame title={m('people.posts')} narrow>
      {can('post', 'create') && posts.data && <NewPost position={posts.data.length} />}
      {posts.isPending && <Skeleton lines={5} />}
      {posts.isError && (
        <Failed title={words('list.failed')} why={messageOf(posts.error)} onRetry={() => void posts.refetch()} />
      )}
      {posts.data?.length === 0 && <Empty title={t('post.empty')} why={t('post.empty_why')} />}
      <ul className="lines">
        {posts.data?.map((post) => (
          <Line key={post.id} post={post} />
        ))}
      </ul>
    </SettingsFrame>
  )
}

function Line({ post }: { post: Post }) {
  const can = useCan()
  const refresh = useRefresh()
  const [renaming, setRenaming] = useState(false)
  const remove = async () => {
    try {
      await deletePost(post.id)
      undoable(t('post.deleted', { name: post.name }), async () => {
        await createPost(post.name, post.position, newKey())
        await refresh(keys.posts)
      })
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(keys.posts)
  }
  if (renaming) {
    return (
      <li className="renaming">
        <Rename post={post} onDone={() => setRenaming(false)} />
      </li>
    )
  }
  return (
    <li className="row">
      <span className="grow">{post.name}</span>
      {can('post', 'update') && (
        <IconButton icon="edit" label={t('post.rename', { name: post.name })} onClick={() => setRenaming(true)} />
      )}
      {can('post', 'delete') && (
        <IconButton icon="trash" label={t('post.delete', { name: post.name })} onClick={() => void remove()} />
      )}
    </li>
  )
}

function Rename({ post, onDone }: { post: Post; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm({
    initial: { name: post.name },
    check: required<{ name: string }>({ name: t('post.name') }),
    submit: async ({ name }) => {
      await changePost(post, { name: name.trim() })
      await refresh(keys.posts)
      onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <Text aria-label={t('post.rename', { name: post.name })} autoFocus maxLength={60} {...form.bind('name')} />
    </Form>
  )
}

function NewPost({ position }: { position: number }) {
  const refresh = useRefresh()
  const form = useForm({
    initial: { name: '' },
    check: required<{ name: string }>({ name: t('post.name') }),
    submit: async ({ name }, key) => {
      await createPost(name.trim(), position, key)
      form.reset()
      await refresh(keys.posts)
    },
  })
  return (
    <Form form={form} guard={false} submitLabel={t('post.new')}>
      <Text label={t('post.name')} maxLength={60} {...form.bind('name')} />
    </Form>
  )
}
