/** One frame for every record: as a drawer over its list, or as a page by its link. */
import { Drawer } from '@mantine/core'
import './record.css'
import { type ReactNode, useEffect } from 'react'
import { t } from '@/i18n'
import { IconButton } from './Button'
import { isTyping } from './DataView/keyboard'
import type { Neighbours } from './DataView/types'
import { Icon } from './Icon'
import { Link } from './nav'
import { useTitle } from './useTitle'

export type RecordParts = {
  title: string
  /** Beside the name: number, grade, owner, state. */
  marks?: ReactNode
  actions?: ReactNode
  facts: ReactNode
  /** Opens what is done most, directly under the head. */
  composer?: ReactNode
  timeline: ReactNode
  side?: ReactNode
}

function Frame({
  title,
  marks,
  actions,
  facts,
  composer,
  timeline,
  side,
  before,
}: RecordParts & { before?: ReactNode }) {
  return (
    <article className="record" aria-label={title}>
      <header className="record-head">
        <div className="grow">
          <h1 tabIndex={-1} data-autofocus>
            {title}
          </h1>
          {marks && <div className="row wrap marks">{marks}</div>}
        </div>
        <div className="row wrap no-print">
          {actions}
          {before}
        </div>
      </header>
      <div className="record-body">
        {composer && <div className="record-composer no-print">{composer}</div>}
        <section className="record-facts" aria-label={t('record.facts')}>
          {facts}
        </section>
        {side && (
          <section className="record-side" aria-label={t('record.side')}>
            {side}
          </section>
        )}
        <section className="record-timeline" aria-label={t('record.timeline')}>
          {timeline}
        </section>
      </div>
    </article>
  )
}

type DrawerProps = RecordParts & { neighbours: Neighbours; page: string; loading?: boolean }

/** 720 px over the list. k/j walk through the list behind it, Esc closes, the focus goes back to the row. */
export function RecordDrawer({ neighbours, page, ...parts }: DrawerProps) {
  const { close, previous, next } = neighbours
  useDrawerKeys(neighbours)
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size={720}
      withCloseButton={false}
      padding={0}
      closeOnEscape={false}
      classNames={{ content: 'record-drawer' }}
      attributes={{ content: { 'aria-label': parts.title } }}
    >
      <Frame
        {...parts}
        before={
          <>
            <IconButton label={t('record.previous')} icon="up" disabled={!previous} onClick={previous} />
            <IconButton label={t('record.next')} icon="down" disabled={!next} onClick={next} />
            <Link to={page} className="icon-link">
              <IconButtonFace label={t('record.open_page')} />
            </Link>
            <IconButton label={t('close')} icon="close" onClick={close} />
          </>
        }
      />
    </Drawer>
  )
}

/** Heard wherever the focus is, because it may be nowhere after a dialog has closed. What lies on top hears them first. */
function useDrawerKeys({ close, previous, next }: Neighbours): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      const top = [...document.querySelectorAll('[role="dialog"]')].at(-1)
      if (!top?.classList.contains('record-drawer') || target.closest('[role="menu"], [role="listbox"]')) return
      if (event.key === 'Escape') return target.dataset.mantineStopPropagation === 'true' ? undefined : close()
      if (isTyping(event)) return
      const step = { j: next, k: previous }[event.key]
      if (!step) return
      event.preventDefault()
      step()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [close, previous, next])
}

function IconButtonFace({ label }: { label: string }) {
  return (
    <span className="face" title={label}>
      <Icon name="expand" />
      <span className="vh">{label}</span>
    </span>
  )
}

/** By link: three columns, each scrolling with the page. */
export function RecordPage({ back, ...parts }: RecordParts & { back: { to: string; label: string } }) {
  useTitle(parts.title)
  return (
    <div className="page record-page">
      <p className="no-print">
        <Link to={back.to}>‹ {back.label}</Link>
      </p>
      <Frame {...parts} />
    </div>
  )
}

/** A block in the side panel. */
export function SideBlock({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="side-block">
      <header className="row between">
        <h2 className="small">{title}</h2>
        {action}
      </header>
      {children}
    </section>
  )
}
