// A fetcher for GraphiQL that hands the batches to the page. It returns an observable, not a promise, so that
// GraphiQL's stop button and a change of tab abort the request: the server sees its client go away and cancels its
// SQL.

export function createFetcher(url, { started, answered, stopped }) {
  return (request, { headers } = {}) => ({
    subscribe(observer) {
      const abort = new AbortController()
      const run = request.operationName === 'IntrospectionQuery' ? undefined : started()
      post(url, request, headers, abort.signal).then(
        ({ answer, trace }) => {
          if (run) answered(run, trace)
          observer.next(answer)
          observer.complete()
        },
        (error) => {
          if (run) abort.signal.aborted ? stopped(run) : answered(run, undefined)
          if (!abort.signal.aborted) observer.error(error)
        },
      )
      return { unsubscribe: () => abort.abort() }
    },
  })
}

async function post(url, request, headers, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      'Content-Type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(withoutStaleName(request)),
    signal,
  })
  const text = await response.text()
  let answer
  try {
    answer = JSON.parse(text)
  } catch {
    throw new Error(`${response.status} ${response.statusText}: ${text.trim() || 'an empty answer'}`)
  }
  return withoutBatches(answer)
}

// GraphiQL looks for the operation's name a tenth of a second after a change of the query. Whoever is quicker, after
// a change of tab, would ask for an operation that is in the other tab.
function withoutStaleName({ operationName, ...request }) {
  return request.query.includes(operationName) ? { ...request, operationName } : request
}

// The panel shows them; in the result they would bury the data. Go writes an empty slice as null.
function withoutBatches(answer) {
  if (!answer?.extensions?.batches) return { answer, trace: undefined }
  const {
    extensions: { batches: cost, ...others },
    ...rest
  } = answer
  const trace = { ...cost, batches: (cost.batches ?? []).map((b) => ({ ...b, keys: b.keys ?? [] })) }
  return { answer: Object.keys(others).length ? { ...rest, extensions: others } : rest, trace }
}
