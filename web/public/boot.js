// Runs before the first paint so that the chosen theme never flashes. A file of its own: inline scripts are refused.
;(() => {
  let theme = 'auto'
  try {
    theme = localStorage.getItem('zk-theme') || 'auto'
  } catch {}
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
