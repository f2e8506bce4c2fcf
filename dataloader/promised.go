package dataloader

import (
	"context"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// PromisedFunc is a batch function that runs on the loop and promises its results, one for each key, in the order of the
// keys. It must not block. It may load from other loaders: their batches belong to the next round.
type PromisedFunc[K, V any] func(ctx context.Context, keys []K) *promise.Promise[[]promise.Result[V]]

// NewPromised makes a loader whose batch function returns a promise, as Python's batch_load_fn does. It panics as New does.
func NewPromised[K comparable, V any](s *scheduler.Scheduler, fetch PromisedFunc[K, V], opts ...Option) *Loader[K, V] {
	l := newLoader[K, V](s, fetch == nil, opts)
	l.promised = fetch
	return l
}

// Values makes what a PromisedFunc returns of plain values. It may be called from the loop's goroutine only.
func Values[V any](s *scheduler.Scheduler, values []V) *promise.Promise[[]promise.Result[V]] {
	results := make([]promise.Result[V], len(values))
	for i, v := range values {
		results[i].Value = v
	}
	return promise.Resolve(s, results)
}

// follow ends the batch when its results are there. They are followed, so that a promise of another scheduler is bridged
// and a nil one is an error.
func (b *batch[K, V]) follow(results *promise.Promise[[]promise.Result[V]]) {
	local, r := promise.WithResolvers[[]promise.Result[V]](b.loader.s)
	r.Follow(results)
	local.Done(func(results []promise.Result[V]) {
		b.clock()
		b.values = make([]V, len(results))
		errs := make(Errors, len(results))
		for i, r := range results {
			b.values[i], errs[i] = r.Value, r.Err
			if r.Err != nil {
				b.err = errs
			}
		}
		b.Done(nil)
	}, b.Done)
}
