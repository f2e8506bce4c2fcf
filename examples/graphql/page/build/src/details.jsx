// The tooltip of a bar: its time, its keys, its SQL.
import { count, duration, end } from './timeline.js'

const WIDTH = 520
const MARGIN = 12

export function Details({ batch, anchor, onPointerEnter, onPointerLeave }) {
  const left = Math.max(MARGIN, Math.min(anchor.left, window.innerWidth - WIDTH - MARGIN))
  const above = anchor.top > window.innerHeight - anchor.bottom
  const style = above
    ? { left, bottom: window.innerHeight - anchor.top + 6, maxHeight: anchor.top - MARGIN }
    : { left, top: anchor.bottom + 6, maxHeight: window.innerHeight - anchor.bottom - MARGIN }
  const hidden = batch.size - batch.keys.length
  return (
    <div
      className="details"
      id="batch-details"
      role="tooltip"
      style={style}
      onPointerEnter={onPointerEnter}
      onPointerLeave={onPointerLeave}
    >
      <h3>
        {batch.loader}
        {batch.round > 0 && <span>round {batch.round}</span>}
        <span>
          {count(batch.size, 'key')} in {count(batch.statements, 'statement')}
        </span>
      </h3>
      <p className="when">
        {duration(batch.micros)}, from {duration(batch.startMicros)} to {duration(end(batch))}
      </p>
      {batch.error && <p className="failed">{batch.error}</p>}
      {batch.sql && <pre>{batch.sql}</pre>}
      {batch.keys.length > 0 && (
        <p className="keys">
          {batch.keys.map((key, i) => (
            <code key={i}>{key}</code>
          ))}
          {hidden > 0 && <span>and {count(hidden, 'more', 'more')}</span>}
        </p>
      )}
    </div>
  )
}
