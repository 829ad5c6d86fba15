import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

/** The server only hints that something changed; what changed is asked for in the usual way. */
export function useStream(): void {
  const client = useQueryClient()
  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    const stream = new EventSource('/api/v1/stream')
    stream.onmessage = (event: MessageEvent<string>) => {
      const topic = topicOf(event.data)
      if (!topic) return
      if (topic === 'notifications') void client.invalidateQueries({ queryKey: ['me'] })
      void client.invalidateQueries({ queryKey: [topic] })
    }
    return () => stream.close()
  }, [client])
}

function topicOf(text: string): string | undefined {
  try {
    const hint = JSON.parse(text) as { topic?: unknown }
    return typeof hint.topic === 'string' ? hint.topic : undefined
  } catch {
    return undefined
  }
}
