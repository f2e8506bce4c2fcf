package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

var errBoom = errors.New("boom")

// batches records what reached a batch function. It locks because batch functions run in goroutines of their own.
type batches[K any] struct {
	mu  sync.Mutex
	got [][]K
}

// add records a copy: a loader that reused the slice for its next batch would otherwise rewrite the record.
func (b *batches[K]) add(keys []K) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, slices.Clone(keys))
}

func (b *batches[K]) all() [][]K {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

// echo is Python's id_loader: a batch function that answers every key with itself.
func echo[K any](b *batches[K]) dataloader.BatchFunc[K, K] {
	return func(_ context.Context, keys []K) ([]K, error) {
		b.add(keys)
		return slices.Clone(keys), nil
	}
}

// mapKeys is a batch function that makes each value from its key alone.
func mapKeys[K, V any](b *batches[K], f func(K) V) dataloader.BatchFunc[K, V] {
	return func(_ context.Context, keys []K) ([]V, error) {
		b.add(keys)
		values := make([]V, len(keys))
		for i, k := range keys {
			values[i] = f(k)
		}
		return values, nil
	}
}

// failing records the keys and fails the whole batch.
func failing[K any](b *batches[K], err error) dataloader.BatchFunc[K, K] {
	return func(_ context.Context, keys []K) ([]K, error) {
		b.add(keys)
		return nil, err
	}
}

// failOdd answers even keys with themselves and fails odd ones, each with an error of its own.
func failOdd(b *batches[int]) dataloader.BatchFunc[int, int] {
	return func(_ context.Context, keys []int) ([]int, error) {
		b.add(keys)
		errs := make(dataloader.Errors, len(keys))
		for i, k := range keys {
			if k%2 != 0 {
				errs[i] = fmt.Errorf("Odd: %d", k)
			}
		}
		return slices.Clone(keys), errs
	}
}

// versioned answers a key with the number of the batch that fetched it, so a test can tell a fresh value from a stale one.
func versioned(b *batches[int]) dataloader.BatchFunc[int, int] {
	return func(_ context.Context, keys []int) ([]int, error) {
		b.add(keys)
		return slices.Repeat([]int{len(b.all())}, len(keys)), nil
	}
}

// deferred is the batch function of a promised loader whose batches the test settles by hand.
type deferred struct {
	s     *scheduler.Scheduler
	calls batches[int]
	open  []promise.Resolver[[]promise.Result[int]]
}

func (d *deferred) fetch(_ context.Context, keys []int) *promise.Promise[[]promise.Result[int]] {
	d.calls.add(keys)
	p, r := promise.WithResolvers[[]promise.Result[int]](d.s)
	d.open = append(d.open, r)
	return p
}

// resolve answers batch i with plain values.
func (d *deferred) resolve(i int, values ...int) {
	results := make([]promise.Result[int], len(values))
	for j, v := range values {
		results[j].Value = v
	}
	d.open[i].Resolve(results)
}

// mapCache is the plainest custom cache; it counts what the loader asks of it.
type mapCache[K comparable, V any] struct {
	m                          map[K]*promise.Promise[V]
	gets, sets, deletes, clear int
}

func newMapCache[K comparable, V any]() *mapCache[K, V] {
	return &mapCache[K, V]{m: map[K]*promise.Promise[V]{}}
}

func (c *mapCache[K, V]) Get(k K) (*promise.Promise[V], bool) {
	c.gets++
	p, ok := c.m[k]
	return p, ok
}
func (c *mapCache[K, V]) Set(k K, p *promise.Promise[V]) { c.sets++; c.m[k] = p }
func (c *mapCache[K, V]) Delete(k K)                     { c.deletes++; delete(c.m, k) }
func (c *mapCache[K, V]) Clear()                         { c.clear++; clear(c.m) }

// forgetful is a cache that has always evicted what it was given: the extreme of every size-bounded cache.
type forgetful[K, V any] struct{}

func (forgetful[K, V]) Get(K) (*promise.Promise[V], bool) { return nil, false }
func (forgetful[K, V]) Set(K, *promise.Promise[V])        {}
func (forgetful[K, V]) Delete(K)                          {}
func (forgetful[K, V]) Clear()                            {}

// observe takes note of a rejection, so that Run has nothing to report, and hands back where the outcome will be.
func observe[V any](p *promise.Promise[V]) *promise.Result[V] {
	var r promise.Result[V]
	p.Done(func(v V) { r.Value = v }, func(err error) { r.Err = err })
	return &r
}

// sorted orders the keys inside each batch, where the order is the luck of goroutines.
func sorted(got [][]int) [][]int {
	for i, keys := range got {
		got[i] = slices.Sorted(slices.Values(keys))
	}
	return got
}

func run(t testing.TB, s *scheduler.Scheduler) {
	t.Helper()
	require.NoError(t, s.Run(t.Context()))
}

func await[V any](t testing.TB, p *promise.Promise[V]) V {
	t.Helper()
	v, err := p.Await(t.Context())
	require.NoError(t, err)
	return v
}

func awaitErr[V any](t testing.TB, p *promise.Promise[V]) error {
	t.Helper()
	_, err := p.Await(t.Context())
	require.Error(t, err)
	return err
}

// settled is the value that p has after Run has returned; it must not need another Run.
func settled[V any](t testing.TB, p *promise.Promise[V]) V {
	t.Helper()
	v, err, ok := p.Result()
	require.True(t, ok, "still pending")
	require.NoError(t, err)
	return v
}

// panicText runs f, which must panic, and gives what it panicked with as text.
func panicText(t testing.TB, f func()) (text string) {
	t.Helper()
	defer func() {
		r := recover()
		require.NotNil(t, r, "did not panic")
		text = fmt.Sprint(r)
	}()
	f()
	return ""
}
