package v8order_test

import (
	"context"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The prices: what JavaScript does in jobs where the library needs none. A world that pays them must run everything in V8's
// order. They are made of the library's public parts.

// price makes following p as dear as in ECMAScript: one job (NewPromiseResolveThenableJob) that calls p.then, and p's
// reaction, which settles the follower.
func (w *world) price(p *promise.Promise[int]) *promise.Promise[int] {
	if !w.priced {
		return p
	}
	q, r := promise.WithResolvers[int](w.s)
	w.s.Enqueue(scheduler.JobFunc(func() { p.Done(r.Resolve, r.Reject) }))
	return q
}

// priceFinally delays what comes after a finally: in ECMAScript its callback returns PromiseResolve(result).then(…), and
// that is adopted, so three jobs run, one after two at once. A callback that throws is spared that.
func priceFinally[T any](w *world, s *statement, p *promise.Promise[T]) *promise.Promise[T] {
	if !w.priced || s.Callback.End == "panic" {
		return p
	}
	same := func(v T) (T, error) { return v, nil }
	return promise.Map(promise.Map(p, same), same)
}

// priceAwait suspends the running async function for one job: ECMAScript's await does, whether the promise is settled or
// not.
func (w *world) priceAwait() {
	if !w.priced || w.over {
		return
	}
	co := w.s.Current()
	token := co.Next()
	w.s.Enqueue(scheduler.JobFunc(func() { co.Resume(token, nil) }))
	_ = co.Suspend(context.Background())
}
