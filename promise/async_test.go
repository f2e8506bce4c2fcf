package promise_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// rounds is a loader in its barest form: what is asked for in one tick is answered at its end, together.
type rounds struct {
	s       *scheduler.Scheduler
	pending []func()
	sizes   []int
}

func (r *rounds) load(v int) *promise.Promise[int] {
	p, resolver := promise.WithResolvers[int](r.s)
	if len(r.pending) == 0 {
		r.s.AtTickEnd(func() {
			batch := r.pending
			r.pending = nil
			r.sizes = append(r.sizes, len(batch))
			r.s.Go(func(context.Context) func() {
				return func() {
					for _, answer := range batch {
						answer()
					}
				}
			})
		})
	}
	r.pending = append(r.pending, func() { resolver.Resolve(v * 10) })
	return p
}

func TestTenAsyncFunctionsMakeTwoRounds(t *testing.T) {
	for _, awaitWith := range []string{"the ctx given", "any ctx"} {
		t.Run(awaitWith, func(t *testing.T) {
			s := scheduler.New()
			r := &rounds{s: s}
			var ps []*promise.Promise[int]
			for i := range 10 {
				ps = append(ps, promise.Async(s, func(ctx context.Context) (int, error) {
					if awaitWith == "any ctx" {
						ctx = context.Background()
					}
					user, err := r.load(i).Await(ctx)
					if err != nil {
						return 0, err
					}
					return r.load(user).Await(ctx)
				}))
			}
			require.Empty(t, r.sizes)
			run(t, s)
			require.Equal(t, []int{10, 10}, r.sizes)
			for i, p := range ps {
				requireValue(t, i*100, p)
			}
		})
	}
}

func TestAsyncStartsFromTheQueue(t *testing.T) {
	s := scheduler.New()
	var order []string
	s.Enqueue(scheduler.JobFunc(func() { order = append(order, "queued before") }))
	promise.Async(s, func(context.Context) (int, error) {
		order = append(order, "async")
		return 1, nil
	}).Done(func(int) { order = append(order, "reaction") }, nil)
	s.Enqueue(scheduler.JobFunc(func() { order = append(order, "queued after") }))
	order = append(order, "Async returned")
	run(t, s)
	require.Equal(t, []string{"Async returned", "queued before", "async", "queued after", "reaction"}, order)
}

func TestAwaitOfASettledPromise(t *testing.T) {
	s := scheduler.New()
	v, err := promise.Resolve(s, 4).Await(t.Context())
	require.NoError(t, err)
	require.Equal(t, 4, v)
	v, err = promise.Reject[int](s, errBoom).Await(t.Context())
	require.Equal(t, errBoom, err, "the reason itself")
	require.Zero(t, v)

	p := promise.Async(s, func(ctx context.Context) (int, error) {
		_, err := promise.Reject[int](s, errBoom).Await(ctx)
		require.Equal(t, errBoom, err)
		return promise.Resolve(s, 5).Await(ctx)
	})
	run(t, s)
	requireValue(t, 5, p)
}

func TestAwaitOutsideRunDrivesTheLoop(t *testing.T) {
	s := scheduler.New()
	r := &rounds{s: s}
	p := r.load(1).Then(r.load)
	v, err := p.Await(t.Context())
	require.NoError(t, err)
	require.Equal(t, 100, v)
	require.Equal(t, []int{1, 1}, r.sizes)
	run(t, s)
}

func TestAwaitInACallbackDrivesTheLoop(t *testing.T) {
	s := scheduler.New()
	r := &rounds{s: s}
	// All three callbacks are under way at once, each inside the one before: their loads still meet.
	var ps []*promise.Promise[int]
	for i := range 3 {
		ps = append(ps, promise.Map(promise.Resolve(s, i), func(v int) (int, error) {
			return r.load(v + 1).Await(context.Background())
		}))
	}
	after := promise.Resolve(s, 7).Map(same)
	run(t, s)
	for i, p := range ps {
		requireValue(t, (i+1)*10, p)
	}
	requireValue(t, 7, after)
	require.Equal(t, []int{3}, r.sizes)
}

func TestAwaitInACallbackDoesNotSuspendAnAsyncFunction(t *testing.T) {
	s := scheduler.New()
	r := &rounds{s: s}
	gate, resolver := promise.WithResolvers[int](s)
	suspended := promise.Async(s, func(ctx context.Context) (int, error) { return gate.Await(ctx) })
	driven := promise.Map(promise.Resolve(s, 1), func(v int) (int, error) {
		v, err := r.load(v).Await(context.Background())
		resolver.Resolve(v + 1)
		return v, err
	})
	run(t, s)
	requireValue(t, 10, driven)
	requireValue(t, 11, suspended)
}

func TestACallbackThatAwaitsInsideTheResumptionOfAnAsyncFunction(t *testing.T) {
	// Async, which awaits a callback, which drives the loop, which resumes another Async: each returns to its own.
	s := scheduler.New()
	r := &rounds{s: s}
	inner := promise.Async(s, func(ctx context.Context) (int, error) { return r.load(2).Await(ctx) })
	outer := promise.Async(s, func(ctx context.Context) (int, error) {
		driven := promise.Map(promise.Resolve(s, 1), func(int) (int, error) { return inner.Await(context.Background()) })
		v, err := driven.Await(ctx)
		if err != nil {
			return 0, err
		}
		w, err := r.load(v).Await(ctx)
		return w + 1, err
	})
	run(t, s)
	requireValue(t, 20, inner)
	requireValue(t, 201, outer)
}

func TestAsyncInsideAsync(t *testing.T) {
	s := scheduler.New()
	r := &rounds{s: s}
	var tree func(depth, v int) *promise.Promise[int]
	tree = func(depth, v int) *promise.Promise[int] {
		return promise.Async(s, func(ctx context.Context) (int, error) {
			if depth == 0 {
				return r.load(v).Await(ctx)
			}
			left, right := tree(depth-1, 2*v), tree(depth-1, 2*v+1)
			a, err := left.Await(ctx)
			if err != nil {
				return 0, err
			}
			b, err := right.Await(ctx)
			return a + b, err
		})
	}
	p := tree(5, 1)
	run(t, s)
	requireValue(t, 10*(32+63)*32/2, p)
	require.Equal(t, []int{32}, r.sizes)
}

func TestTheCtxOfAwaitBoundsTheWaitOnly(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler, wait func() (int, error)) *promise.Promise[int]{
		"in an Async function": func(s *scheduler.Scheduler, wait func() (int, error)) *promise.Promise[int] {
			return promise.Async(s, func(context.Context) (int, error) { return wait() })
		},
		"in a callback": func(s *scheduler.Scheduler, wait func() (int, error)) *promise.Promise[int] {
			return promise.Map(promise.Resolve(s, 0), func(int) (int, error) { return wait() })
		},
	}
	for name, start := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				p := promise.Go(s, func(ctx context.Context) (int, error) {
					select {
					case <-time.After(time.Minute):
						return 5, nil
					case <-ctx.Done():
						return 0, errors.New("the operation was cancelled with the wait")
					}
				})
				cause := errors.New("no longer")
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
				defer cancel()
				begin := time.Now()
				var waited time.Duration
				outer := start(s, func() (int, error) {
					v, err := p.Await(ctx)
					waited = time.Since(begin)
					return v, err
				})
				outer.Done(nil, func(error) {})
				run(t, s)
				requireReason(t, cause, outer)
				require.Equal(t, time.Second, waited)
				requireValue(t, 5, p)
				require.Equal(t, time.Minute, time.Since(begin))
			})
		})
	}
}

func TestTheCtxOfAnAwaitOutsideRunIsThatOfTheRun(t *testing.T) {
	type key struct{}
	s := scheduler.New()
	seen := make(chan any, 1)
	p := promise.Go(s, func(ctx context.Context) (int, error) {
		seen <- ctx.Value(key{})
		<-ctx.Done()
		return 0, nil
	})
	ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "request 7"))
	s.AtTickEnd(func() { cancel(errBoom) })
	_, err := p.Await(ctx)
	require.ErrorIs(t, err, errBoom)
	run(t, s)
	requireReason(t, errBoom, p)
	require.Equal(t, "request 7", <-seen)
}

func TestAnAsyncFunctionSeesTheCtxOfRun(t *testing.T) {
	type key struct{}
	s := scheduler.New()
	p := promise.Async(s, func(ctx context.Context) (string, error) {
		v, _ := ctx.Value(key{}).(string)
		return v, nil
	})
	require.NoError(t, s.Run(context.WithValue(t.Context(), key{}, "request 7")))
	requireValue(t, "request 7", p)
}

func TestTenThousandAsyncFunctionsLeaveNoGoroutine(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	s := scheduler.New()
	r := &rounds{s: s}
	sum := 0
	for i := range 10_000 {
		p := promise.Async(s, func(ctx context.Context) (int, error) {
			switch i % 4 {
			case 0:
				return i, nil
			case 1:
				return 0, errBoom
			case 2:
				panic("boom")
			}
			v, err := r.load(i).Await(ctx)
			return v / 10, err
		})
		p.Done(func(v int) { sum += v }, func(error) {})
	}
	run(t, s)
	want := 0
	for i := range 10_000 {
		if i%4 == 0 || i%4 == 3 {
			want += i
		}
	}
	require.Equal(t, want, sum)
	require.Equal(t, []int{2_500}, r.sizes)
	require.NoError(t, goleak.Find(ignore))
}

func TestAwaitFromAnotherGoroutinePanics(t *testing.T) {
	s := scheduler.New()
	never, _ := promise.WithResolvers[int](s)
	p := promise.Go(s, func(ctx context.Context) (int, error) { return never.Await(ctx) })
	err := s.Run(t.Context())
	var panicked *promise.PanicError
	require.ErrorAs(t, err, &panicked)
	require.Contains(t, fmt.Sprint(panicked.Value), "goroutine")
	require.Equal(t, promise.Rejected, p.State())
}

// An Await that returns at once, because its ctx has ended, leaves its wake-up in the queue. That must not wake the next.
func TestAwaitThatReturnsAtOnceDoesNotWakeTheNext(t *testing.T) {
	s := scheduler.New()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	later, r := promise.WithResolvers[int](s)
	p := promise.Async(s, func(ctx context.Context) (int, error) {
		for range 127 { // up to the one that lets the loop run
			_, _ = promise.Resolve(s, 0).Await(ctx)
		}
		_, err := promise.Resolve(s, 0).Await(over)
		require.ErrorIs(t, err, context.Canceled)
		return later.Await(ctx)
	})
	s.AfterFunc(time.Millisecond, func() { r.Resolve(7) })
	v, err := p.Await(t.Context())

	require.NoError(t, err)
	require.Equal(t, 7, v)
}
