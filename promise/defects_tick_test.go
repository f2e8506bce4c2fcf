package promise_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// In Python callbacks run synchronously outside a "safe" frame, and inside one after a get(). Here no place exists where
// a callback runs inside the call that registers or settles it.
func TestDefectCallbackRunsSynchronously(t *testing.T) {
	for name, arrange := range map[string]func(s *scheduler.Scheduler, body func()){
		"before Run": func(_ *scheduler.Scheduler, body func()) { body() },
		"between two Runs": func(s *scheduler.Scheduler, body func()) {
			_ = s.Run(context.Background())
			body()
		},
		"callback": func(s *scheduler.Scheduler, body func()) { promise.Resolve(s, 0).Tap(func(int) { body() }) },
		"nested callback": func(s *scheduler.Scheduler, body func()) {
			promise.Resolve(s, 0).Then(func(int) *promise.Promise[int] {
				return promise.Resolve(s, 0).Tap(func(int) { body() })
			})
		},
		"callback after Await": func(s *scheduler.Scheduler, body func()) {
			promise.Resolve(s, 0).Tap(func(int) {
				_, _ = promise.Resolve(s, 0).Tap(func(int) {}).Await(context.Background())
				body()
			})
		},
		"executor": func(s *scheduler.Scheduler, body func()) {
			promise.New(s, func(resolve func(int), _ func(error)) { body(); resolve(0) })
		},
		"Try": func(s *scheduler.Scheduler, body func()) {
			promise.Try(s, func() (int, error) { body(); return 0, nil })
		},
		"Async": func(s *scheduler.Scheduler, body func()) {
			promise.Async(s, func(context.Context) (int, error) { body(); return 0, nil })
		},
		"Async after Await": func(s *scheduler.Scheduler, body func()) {
			promise.Async(s, func(ctx context.Context) (int, error) {
				_, _ = promise.Resolve(s, 0).Tap(func(int) {}).Await(ctx)
				body()
				return 0, nil
			})
		},
		"posted function": func(s *scheduler.Scheduler, body func()) { s.Post(body) },
		"operation's result": func(s *scheduler.Scheduler, body func()) {
			s.Go(func(context.Context) func() { return body })
		},
		"timer":    func(s *scheduler.Scheduler, body func()) { s.AfterFunc(time.Millisecond, body) },
		"tick end": func(s *scheduler.Scheduler, body func()) { s.AtTickEnd(body) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				var order []string
				note := func(what string) func(int) { return func(int) { order = append(order, what) } }
				arrange(s, func() {
					p, r := promise.WithResolvers[int](s)
					p.Done(note("settled later"), nil)
					r.Resolve(1)
					promise.Resolve(s, 1).Done(note("fulfilled before"), nil)
					promise.Reject[int](s, errors.New("Error")).Done(nil, func(error) { note("rejected before")(0) })
					promise.Resolve(s, 1).Finally(func() { note("finally")(0) })
					order = append(order, "registered")
				})
				pyRun(t, s)
				require.Equal(t, []string{"registered", "settled later", "fulfilled before", "rejected before", "finally"}, order)
			})
		})
	}
}

// tickBatch is the least that batches on the scheduler alone: what is asked for in one tick makes one batch.
type tickBatch struct {
	s       *scheduler.Scheduler
	keys    []int
	waiting []promise.Resolver[int]
	batches [][]int
}

func (b *tickBatch) load(key int) *promise.Promise[int] {
	p, r := promise.WithResolvers[int](b.s)
	if len(b.keys) == 0 {
		b.s.AtTickEnd(b.dispatch)
	}
	b.keys, b.waiting = append(b.keys, key), append(b.waiting, r)
	return p
}

func (b *tickBatch) dispatch() {
	keys, waiting := b.keys, b.waiting
	b.keys, b.waiting = nil, nil
	b.batches = append(b.batches, keys)
	for i, r := range waiting {
		r.Resolve(keys[i])
	}
}

// In Python a get() inside a tick ends the tick for good: later callbacks run synchronously, later loads go unbatched.
func TestDefectAwaitEndsTheTickForGood(t *testing.T) {
	s := scheduler.New()
	b := &tickBatch{s: s}
	var order []string
	sum := promise.Resolve(s, 0).Then(func(int) *promise.Promise[int] {
		first, err := b.load(1).Await(t.Context())
		if err != nil {
			return promise.Reject[int](s, err)
		}
		promise.Resolve(s, 0).Tap(func(int) { order = append(order, "callback") })
		order = append(order, "after Await")
		return promise.Join2(s, b.load(3), b.load(4), func(x, y int) (int, error) { return first + x + y, nil })
	})
	// These are queued behind the callback that waits: the first is run by its Await, and so shares the first batch; what it
	// chains comes with the second.
	second := promise.Resolve(s, 0).Then(func(int) *promise.Promise[int] { return b.load(2) })
	third := second.Then(func(int) *promise.Promise[int] { return b.load(5) })

	pyRun(t, s)
	require.Equal(t, []string{"after Await", "callback"}, order)
	pyFulfilled(t, sum, 8)
	pyFulfilled(t, second, 2)
	pyFulfilled(t, third, 5)
	require.Len(t, b.batches, 2)
	require.Equal(t, []int{1, 2}, b.batches[0])
	require.ElementsMatch(t, []int{3, 4, 5}, b.batches[1])
}

// The other half: a get() that can be answered without a tick end must not bring one about, or it would cut a batch in two.
func TestDefectAwaitCutsTheBatch(t *testing.T) {
	s := scheduler.New()
	b := &tickBatch{s: s}
	waited := promise.Resolve(s, 0).Map(func(int) (int, error) {
		b.load(1)
		v, err := promise.Resolve(s, 0).Tap(func(int) { b.load(2) }).Await(t.Context())
		b.load(3)
		return v, err
	})
	promise.Resolve(s, 0).Tap(func(int) { b.load(4) })
	pyRun(t, s)
	pyFulfilled(t, waited, 0)
	require.Len(t, b.batches, 1)
	require.ElementsMatch(t, []int{1, 2, 3, 4}, b.batches[0])
}

// In Python loads at different depths of callbacks split into several batches. Here the tick goes on for as long as there
// are callbacks to run, however many and however deep, and a load from any of them is in the same batch.
func TestDefectDeepCallbacksSplitTheTick(t *testing.T) {
	const depth = 1000
	s := scheduler.New()
	b := &tickBatch{s: s}
	chain := promise.Resolve(s, 0)
	for key := range depth {
		chain = chain.Tap(func(int) { b.load(key) })
	}
	pyRun(t, s)
	require.Len(t, b.batches, 1)
	require.Len(t, b.batches[0], depth)
}
