// The panel beneath GraphiQL: a line that sums the request up, its batches on a time line, what each loader did.
import { useState } from 'react'

import { colourOf } from './colour.js'
import { TimeLine } from './timeline.jsx'
import { count, summary } from './timeline.js'

export function Batches({ running, answered, trace }) {
  const [open, setOpen] = useState(true)
  const [view, setView] = useState('timeline')
  return (
    <section className="batches" aria-labelledby="batches-title" aria-busy={Boolean(running)}>
      <header>
        <h2 id="batches-title">
          <button type="button" aria-expanded={open} aria-controls="batches-body" onClick={() => setOpen(!open)}>
            <span className="chevron" aria-hidden="true" />
            Batches
          </button>
        </h2>
        <p className="summary" role="status">
          {trace && <Summary trace={trace} />}
          {answered && !trace && 'This answer reports no batches.'}
        </p>
        {trace && (
          <div className="views" role="group" aria-label="Show the batches as">
            {[
              ['timeline', 'Time line'],
              ['json', 'JSON'],
            ].map(([name, title]) => (
              <button
                key={name}
                type="button"
                aria-pressed={view === name}
                onClick={() => {
                  setView(name)
                  setOpen(true)
                }}
              >
                {title}
              </button>
            ))}
          </div>
        )}
      </header>
      {open && (
        <div id="batches-body">
          <Body trace={trace} view={view} answered={answered} />
        </div>
      )}
    </section>
  )
}

function Summary({ trace }) {
  const failed = trace.batches.filter((b) => b.error).length
  return (
    <>
      {trace.naive && (
        <span className="badge" title="The server runs with -naive: one statement for each row">
          naive
        </span>
      )}
      <span className="sum">{summary(trace)}</span>
      {failed > 0 && <span className="failed">{count(failed, 'error')}</span>}
    </>
  )
}

function Body({ trace, view, answered }) {
  if (!answered)
    return <p className="hint">Run a query: what it asks of the database is drawn here, batch by batch.</p>
  if (!trace)
    return <p className="hint">The server answered without running the query, or does not report what it did.</p>
  if (view === 'json')
    return (
      <pre className="json" tabIndex={0} aria-label="extensions.batches">
        {JSON.stringify(trace, null, 2)}
      </pre>
    )
  if (trace.batches.length === 0) return <p className="hint">Nothing was asked of the database.</p>
  return (
    <>
      <TimeLine trace={trace} />
      <Loaders loaders={trace.loaders} />
    </>
  )
}

function Loaders({ loaders = {} }) {
  const used = Object.entries(loaders).filter(([, stats]) => stats.loads > 0)
  if (used.length === 0) return null
  return (
    <ul className="loaders" aria-label="Loaders">
      {used.map(([name, { loads, hits, batches, keys }]) => (
        <li key={name}>
          <i className="dot" style={{ '--bar': colourOf(name) }} aria-hidden="true" />
          <b>{name}</b> {count(loads, 'load')}, {count(hits, 'hit')}, {count(batches, 'batch', 'batches')},{' '}
          {count(keys, 'key')}
        </li>
      ))}
    </ul>
  )
}
