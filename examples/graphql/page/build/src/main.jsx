// The page: GraphiQL, and beneath it the batches of the answer that its active tab shows.
import { GraphiQL } from 'graphiql'
import { useEditorContext } from '@graphiql/react'
import { setNonce } from 'get-nonce'
import { useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'

import 'graphiql/style.css'
import './page.css'
import './timeline.css'
import { Batches } from './batches.jsx'
import { examples } from './examples.js'
import { createFetcher } from './fetcher.js'

// GraphiQL's dialogs add a <style> element while they are open; the Content-Security-Policy allows it for this nonce.
setNonce(document.querySelector('script[nonce]').nonce)

function Page() {
  const tab = useRef()
  const [activeTab, setActiveTab] = useState()
  const [runs, setRuns] = useState({}) // by tab: what is running there, and the batches of its last answer
  const fetcher = useMemo(() => {
    const begin = (run) => setRuns((all) => ({ ...all, [run.tab]: { ...all[run.tab], running: run } }))
    // At once, so that the panel is never behind the result, which GraphiQL writes next.
    const finish = (run, next) =>
      flushSync(() =>
        setRuns((all) =>
          all[run.tab].running === run
            ? { ...all, [run.tab]: { ...all[run.tab], ...next, running: undefined } }
            : all,
        ),
      )
    return createFetcher('/graphql', {
      started() {
        const run = { tab: tab.current }
        begin(run)
        return run
      },
      answered: (run, trace) => finish(run, { answered: true, trace }),
      stopped: (run) => finish(run),
    })
  }, [])
  const showTab = (id) => {
    tab.current = id
    setActiveTab(id)
  }
  return (
    <>
      <GraphiQL
        fetcher={fetcher}
        defaultTabs={examples.map((query) => ({ query }))}
        defaultEditorToolsVisibility={false}
      >
        <GraphiQL.Logo>
          batchtick{' '}
          <span className="logo-note">
            Graph<em>i</em>QL
          </span>
        </GraphiQL.Logo>
        <ActiveTab onChange={showTab} />
      </GraphiQL>
      <Batches {...runs[activeTab]} />
    </>
  )
}

// Only inside GraphiQL can one ask which tab is active.
function ActiveTab({ onChange }) {
  const { tabs, activeTabIndex } = useEditorContext({ nonNull: true })
  const id = tabs[activeTabIndex].id
  useEffect(() => onChange(id), [id])
  return null
}

createRoot(document.getElementById('page')).render(<Page />)
