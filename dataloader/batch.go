package dataloader

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/batchtick/batchtick/scheduler"
)

// batch is one call of the batch function, from the moment its keys are decided until every promise is settled. It is the
// scheduler's Operation.
type batch[K, V any] struct {
	loader  *KeyedLoader[K, V]
	entries []*entry[K, V]
	flight  scheduler.Flight
	began   time.Duration // since epoch
	info    *record       // nil without an observer

	// These are the batch function's; read once it has returned.

	values []V
	err    error
	took   time.Duration
}

// epoch is what batches are timed from: the time since a moment is half as dear as the time of day.
var epoch = time.Now()

// dispatch is a loader as the scheduler's tick end sees it; a type of its own keeps Run off the loader.
type dispatch[K, V any] KeyedLoader[K, V]

// Run runs at the tick end: it takes the queue, cuts it into batches and starts them.
func (d *dispatch[K, V]) Run() {
	l := (*KeyedLoader[K, V])(d)
	l.hooked = false
	queue := l.queue()
	l.emptyQueue()
	if l.index != nil {
		if l.config.cache != nil {
			l.index.Clear()
		} else {
			l.index, l.direct = nil, l.table != nil && l.quiet == nil
		}
	}
	if len(queue) == 0 { // the cache has panicked after the loader asked for the tick end
		l.launch()
		return
	}
	size := l.config.maxBatchSize
	if size == 0 {
		size = len(queue)
	}
	parts := (len(queue)-1)/size + 1
	alone := parts == 1 && l.config.maxConcurrency == 0 && len(l.backlog) == 0
	for part := 1; part <= parts; part++ {
		n := min(size, len(queue))
		b := l.newBatch(queue[:n:n], part, parts)
		queue = queue[n:]
		if alone {
			l.inFlight++
			l.stats.started(n)
			b.start()
			return
		}
		l.backlog = append(l.backlog, b)
	}
	l.launch()
}

// observedBatch is a batch and its record in one object.
type observedBatch[K, V any] struct {
	batch[K, V]
	record record
}

func (l *KeyedLoader[K, V]) newBatch(entries []*entry[K, V], part, parts int) *batch[K, V] {
	if l.observed == nil {
		return &batch[K, V]{loader: l, entries: entries}
	}
	b := &observedBatch[K, V]{}
	b.loader, b.entries, b.info = l, entries, &b.record
	b.info.Keys, b.info.Size, b.info.Part, b.info.Parts = b.keys(), len(entries), part, parts
	l.observed.dispatched(b.info, l.s.Stats().Rounds, &l.stats)
	return &b.batch
}

// String is for scheduler.Dump.
func (d *dispatch[K, V]) String() string {
	l := (*KeyedLoader[K, V])(d)
	b := &batch[K, V]{entries: l.queue()}
	return l.Name() + ": " + describe(b.keys())
}

// String is for scheduler.Dump.
func (b *batch[K, V]) String() string {
	text := fmt.Sprintf("%s: batch of %s for %v", b.loader.Name(), describe(b.keys()),
		(time.Since(epoch) - b.began).Round(time.Microsecond))
	if behind := len(b.loader.backlog); behind > 0 {
		text += fmt.Sprintf(", and %d more wait for their turn", behind)
	}
	return text
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
		l.stats.started(len(b.entries))
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
	b.began = time.Since(epoch)
	if b.info != nil {
		b.info.Waited = b.began - b.info.queued
	}
	if !l.config.inline && l.promised == nil {
		l.s.StartIn(&b.flight, b)
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
		results := l.promised(b.observed(ctx), b.keys())
		returned = true
		b.follow(results)
		return
	}
	b.Do(ctx)
	returned = true
	b.Done(nil)
}

// keys returns a copy of the keys, since a batch function may well sort what it is given.
func (b *batch[K, V]) keys() []K {
	keys := make([]K, len(b.entries))
	for i, e := range b.entries {
		keys[i] = e.key
	}
	return keys
}

// Do implements scheduler.Operation.
func (b *batch[K, V]) Do(ctx context.Context) {
	ctx = b.observed(ctx)
	defer b.clock()
	b.values, b.err = b.loader.fetch(ctx, b.keys())
}

func (b *batch[K, V]) clock() { b.took = time.Since(epoch) - b.began }

// observed tells the observers that the batch function is about to be called.
func (b *batch[K, V]) observed(ctx context.Context) context.Context {
	if b.info == nil {
		return ctx
	}
	return b.loader.observed.starting(ctx, &b.info.BatchInfo)
}

// Done implements scheduler.Operation.
func (b *batch[K, V]) Done(err error) {
	l := b.loader
	if b.info == nil {
		b.conclude(err)
	} else {
		failed := l.stats.FailedKeys
		l.s.Originate(&b.info.origin, &b.info.BatchInfo, func() { b.conclude(err) })
		b.info.FailedKeys = int(l.stats.FailedKeys - failed)
		l.observed.ended(l.s, &b.info.BatchInfo)
		if err == nil { // who keeps the info must not keep the values; and the batch function is done with these
			b.entries, b.values = nil, nil
		}
	}
	l.inFlight--
	if b != l.starting && len(l.backlog) > 0 {
		l.launch()
	}
}

// conclude settles every promise of the batch.
func (b *batch[K, V]) conclude(err error) {
	var took time.Duration
	if err == nil {
		took = b.took
		err = b.settle(b.values, b.err)
	} else { // the batch function may still be running: what it writes can't be read
		took = time.Since(epoch) - b.began
	}
	b.loader.stats.Time += took
	if b.info != nil {
		b.info.Took = took
	}
	if err != nil {
		b.fail(err)
	}
}

// settle gives each promise its value or error. If what the batch function returned can't be dealt out, it returns the
// error that the whole batch fails with.
func (b *batch[K, V]) settle(values []V, err error) error {
	errs, ok := perKey(err)
	if !ok {
		return err
	}
	if errs != nil && len(errs) != len(b.entries) {
		return b.sizeError("errors", len(errs))
	}
	if len(values) != len(b.entries) && !errs.all() {
		return b.sizeError("values", len(values))
	}
	for i, e := range b.entries {
		if errs == nil || errs[i] == nil {
			e.own.Resolver().Resolve(values[i])
			continue
		}
		b.loader.stats.FailedKeys++
		reason := errs[i]
		if b.loader.config.noErrorCache {
			reason = b.evict(e, reason)
		}
		e.own.Resolver().Reject(reason)
	}
	return nil
}

// fail rejects every promise of the batch with err, and forgets them.
func (b *batch[K, V]) fail(err error) {
	l := b.loader
	l.stats.FailedBatches++
	l.stats.FailedKeys += uint64(len(b.entries))
	if _, known := err.(*BatchSizeError); !known {
		err = &BatchError{Loader: l.Name(), Keys: b.keys(), Err: err}
	}
	if b.info != nil {
		b.info.Err = err
	}
	for _, e := range b.entries {
		e.own.Resolver().Reject(b.evict(e, err))
	}
}

// evict takes the promise of e out of the cache, if it is still the one that the cache has: a newer and good one may
// have taken its place. It returns reason, with the panic of a cache that panics.
func (b *batch[K, V]) evict(e *entry[K, V], reason error) (joined error) {
	cache := b.loader.cache
	if cache == nil {
		return reason
	}
	defer func() {
		if r := recover(); r != nil {
			joined = errors.Join(reason, scheduler.NewPanicError(r))
		}
	}()
	if p, ok := cache.Get(e.key); ok && p == e.own.Promise() {
		cache.Delete(e.key)
	}
	return reason
}
