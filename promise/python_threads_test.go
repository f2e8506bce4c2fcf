package promise_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

const pyFactorialOf10 = 3628800

// test_factorial, on one loop: each level is an operation whose result starts the next.
func TestPythonFactorialOnOneLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var factorial func(n int) *promise.Promise[int]
		factorial = func(n int) *promise.Promise[int] {
			if n < 2 {
				return promise.Resolve(s, 1)
			}
			waited := promise.Go(s, func(context.Context) (int, error) {
				time.Sleep(20 * time.Millisecond)
				return n - 1, nil
			})
			return waited.Then(factorial).Map(func(r int) (int, error) { return r * n, nil })
		}
		start := time.Now()
		pyGet(t, factorial(10), pyFactorialOf10)
		require.Equal(t, 9*20*time.Millisecond, time.Since(start))
		pyRun(t, s)
	})
}

// test_factorial, as Python's thread pool does it: each level runs in a goroutine of its own and makes its promises there,
// so here each has a loop of its own too.
func TestPythonFactorialOnALoopPerGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var factorial func(s *scheduler.Scheduler, n int) *promise.Promise[int]
		factorial = func(s *scheduler.Scheduler, n int) *promise.Promise[int] {
			if n < 2 {
				return promise.Resolve(s, 1)
			}
			time.Sleep(20 * time.Millisecond)
			below := promise.Go(s, func(ctx context.Context) (int, error) {
				return factorial(scheduler.New(), n-1).Await(ctx)
			})
			return below.Map(func(r int) (int, error) { return r * n, nil })
		}
		s := scheduler.New()
		pyGet(t, factorial(s, 10), pyFactorialOf10)
		pyRun(t, s)
	})
}

// test_promise_thread_safety: what is queued on one loop is never run by a goroutine that drains another loop. The
// counter has no lock, on purpose: the race detector would see a callback on the wrong goroutine.
func TestPythonLoopsDoNotDrainEachOther(t *testing.T) {
	queued, drained := make(chan struct{}), make(chan struct{})
	result := make(chan error, 1)
	first := scheduler.New()
	ran := 0

	go func() {
		promise.Resolve(first, 0).Tap(func(int) {
			then2 := promise.Resolve(first, 0).Tap(func(int) { ran++ })
			pending := then2.State() == promise.Pending
			close(queued)
			<-drained
			if !pending || ran != 0 {
				panic(fmt.Sprintf("pending %t, ran %d times", pending, ran))
			}
		})
		result <- first.Run(context.Background())
	}()

	<-queued
	second := scheduler.New()
	other := 0
	p := promise.Resolve(second, 0).Tap(func(int) { other++ })
	pyGet(t, p, 0)
	pyRun(t, second)
	require.Equal(t, 1, other)
	close(drained)

	require.NoError(t, <-result)
	require.Equal(t, 1, ran)
}

// Not in Python 2.3, proposed upstream as test_with_process_loop: promises made and awaited on one goroutine, settled from
// another, each in one of four ways.
func TestPythonSettledByAnotherGoroutine(t *testing.T) {
	type item struct {
		i       int
		r       promise.Resolver[int]
		release func()
	}
	s := scheduler.New()
	items := make(chan item)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for it := range items {
			s.Post(func() {
				defer it.release()
				failure := pyNumberedError(it.i)
				switch it.i % 4 {
				case 0:
					it.r.Follow(promise.Reject[int](s, failure))
				case 1:
					it.r.Follow(promise.Resolve(s, it.i))
				case 2:
					it.r.Resolve(it.i)
				case 3:
					it.r.Reject(failure)
				}
			})
		}
	}()

	for i := range 10_000 {
		p, r := promise.WithResolvers[int](s)
		items <- item{i, r, s.Hold()}
		v, err := p.Await(t.Context())
		switch i % 4 {
		case 0, 3:
			require.Equal(t, pyNumberedError(i), err)
		default:
			require.NoError(t, err)
			require.Equal(t, i, v)
		}
	}
	close(items)
	<-stopped
	pyRun(t, s)
}

type pyNumberedError int

func (e pyNumberedError) Error() string { return fmt.Sprintf("error %d", int(e)) }
