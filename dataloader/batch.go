package dataloader

import (
	"context"
	"errors"
	"slices"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// batch is one call of the batch function, from the moment its keys are decided until every promise is settled. It is the
// scheduler's Operation.
type batch[K, V any] struct {
	loader  *KeyedLoader[K, V]
	keys    []K
	waiting []promise.Resolver[V]
	values  []V // these two are the batch function's; read once it has returned
	err     error
}

// dispatch runs at the tick end: it takes the queue, cuts it into batches and starts them.
func (l *KeyedLoader[K, V]) dispatch() {
	l.hooked = false
	keys, waiting := l.keys, l.waiting
	l.keys, l.waiting = nil, nil
	if l.index != nil {
		if l.config.cache != nil {
			l.index.Clear()
		} else {
			l.index = nil
		}
	}
	size := l.config.maxBatchSize
	if size == 0 {
		size = len(keys)
	}
	for len(keys) > 0 {
		n := min(size, len(keys))
		l.backlog = append(l.backlog, &batch[K, V]{loader: l, keys: keys[:n:n], waiting: waiting[:n:n]})
		keys, waiting = keys[n:], waiting[n:]
	}
	l.launch()
}

// launch starts batches as far as the limit lets it. A batch that is done before start returns leaves its place to this
// loop, since a loop that called itself for each of a million batches would need a million frames.
func (l *KeyedLoader[K, V]) launch() {
	outer := l.starting // not nil if a batch function drives the loop itself, and its tick has ended
	defer func() {
		l.starting = outer
		if len(l.backlog) > 0 && l.inFlight == 0 { // runtime.Goexit came through here: go on at the next tick end
			l.askForTickEnd()
		}
	}()
	limit := l.config.maxConcurrency
	for len(l.backlog) > 0 && (limit == 0 || l.inFlight < limit) {
		b := l.backlog[0]
		l.backlog[0] = nil
		l.backlog = l.backlog[1:]
		l.inFlight++
		l.stats.started(len(b.keys))
		l.starting = b
		b.start()
		l.starting = outer
	}
	if len(l.backlog) == 0 {
		l.backlog = nil
	}
}

func (b *batch[K, V]) start() {
	l := b.loader
	if !l.config.inline && l.promised == nil {
		l.s.Start(b)
		return
	}
	ctx := l.s.Context()
	if ctx.Err() != nil { // as an operation is not started then either
		b.Done(context.Cause(ctx))
		return
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		err := scheduler.ErrGoexit
		if r := recover(); r != nil {
			err = scheduler.NewPanicError(r)
		}
		b.Done(err)
	}()
	if l.promised != nil {
		results := l.promised(ctx, slices.Clone(b.keys))
		returned = true
		b.follow(results)
		return
	}
	b.Do(ctx)
	returned = true
	b.Done(nil)
}

// Do implements scheduler.Operation. The batch function gets a copy of the keys: it may well sort what it is given, and the
// keys decide whose cache entry is whose.
func (b *batch[K, V]) Do(ctx context.Context) {
	b.values, b.err = b.loader.fetch(ctx, slices.Clone(b.keys))
}

// Done implements scheduler.Operation.
func (b *batch[K, V]) Done(err error) {
	if err == nil {
		err = b.settle(b.values, b.err)
	}
	if err != nil {
		b.fail(err)
	}
	b.loader.inFlight--
	if b != b.loader.starting && len(b.loader.backlog) > 0 {
		b.loader.launch()
	}
}

// settle gives each promise its value or error. If what the batch function returned can't be dealt out, it returns the
// error that the whole batch fails with.
func (b *batch[K, V]) settle(values []V, err error) error {
	errs, ok := perKey(err)
	if !ok {
		return err
	}
	if errs != nil && len(errs) != len(b.keys) {
		return b.sizeError("errors", len(errs))
	}
	if len(values) != len(b.keys) && !errs.all() {
		return b.sizeError("values", len(values))
	}
	for i, w := range b.waiting {
		if errs == nil || errs[i] == nil {
			w.Resolve(values[i])
			continue
		}
		b.loader.stats.FailedKeys++
		reason := errs[i]
		if b.loader.config.noErrorCache {
			reason = b.evict(i, reason)
		}
		w.Reject(reason)
	}
	return nil
}

// fail rejects every promise of the batch with err, and forgets them.
func (b *batch[K, V]) fail(err error) {
	l := b.loader
	l.stats.FailedBatches++
	l.stats.FailedKeys += uint64(len(b.keys))
	if _, known := err.(*BatchSizeError); !known {
		err = &BatchError{Loader: l.Name(), Keys: b.keys, Err: err}
	}
	for i, w := range b.waiting {
		w.Reject(b.evict(i, err))
	}
}

// evict takes the promise of key i out of the cache, if it is still the one that the cache has: a newer and good one may
// have taken its place. It returns reason, with the panic of a cache that panics.
func (b *batch[K, V]) evict(i int, reason error) (joined error) {
	cache := b.loader.cache
	if cache == nil {
		return reason
	}
	defer func() {
		if r := recover(); r != nil {
			joined = errors.Join(reason, scheduler.NewPanicError(r))
		}
	}()
	if p, ok := cache.Get(b.keys[i]); ok && p == b.waiting[i].Promise() {
		cache.Delete(b.keys[i])
	}
	return reason
}
