package dataloader_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The tests of Python's test_dataloader_awaitable_35.py, test_dataloader_extra.py and the loader's part of
// test_thread_safety.py, under their Python names. A Python coroutine is promise.Async here.

type list = *promise.Promise[[]string]

// frames are where a Python test starts its coroutine: plainly, or under Promise.safe, the frame outside which Python
// does not batch. The nearest thing here is to start it in a callback, and it must make no difference.
var frames = map[string]func(*scheduler.Scheduler, func() list) list{
	"test_await_dataloader%s": func(_ *scheduler.Scheduler, start func() list) list { return start() },
	"test_await_dataloader%s_safe_promise": func(s *scheduler.Scheduler, start func() list) list {
		return promise.Then(promise.Resolve(s, 0), func(int) list { return start() })
	},
}

// Python pins [["load1"], ["load2"]] here: under await it does not batch.
func TestPython_await_dataloader(t *testing.T) {
	for name, frame := range frames {
		t.Run(fmt.Sprintf(name, ""), func(t *testing.T) {
			s := scheduler.New()
			var b batches[string]
			users := dataloader.New(s, echo(&b))

			result := frame(s, func() list {
				return promise.Async(s, func(ctx context.Context) ([]string, error) {
					one, two := users.Load("load1"), users.Load("load2")
					return promise.All(s, one, two).Await(ctx)
				})
			})

			require.Equal(t, []string{"load1", "load2"}, await(t, result))
			require.Equal(t, [][]string{{"load1", "load2"}}, b.all())
		})
	}
}

func loadOneThenTwo(s *scheduler.Scheduler, users *dataloader.Loader[string, string]) list {
	return promise.Async(s, func(ctx context.Context) ([]string, error) {
		one, err := users.Load("load1").Await(ctx)
		if err != nil {
			return nil, err
		}
		two, err := users.Load("load2").Await(ctx)
		return []string{one, two}, err
	})
}

func TestPython_await_dataloader_individual(t *testing.T) {
	for name, frame := range frames {
		t.Run(fmt.Sprintf(name, "_individual"), func(t *testing.T) {
			s := scheduler.New()
			var b batches[string]
			users := dataloader.New(s, echo(&b))

			result := frame(s, func() list { return loadOneThenTwo(s, users) })

			require.Equal(t, []string{"load1", "load2"}, await(t, result))
			require.Equal(t, [][]string{{"load1"}, {"load2"}}, b.all())
		})
	}
}

// Python only checks that all() accepts a coroutine. Two of them, so that their rounds have something to share.
func TestPython_await_dataloader_two(t *testing.T) {
	for name, frame := range frames {
		t.Run(fmt.Sprintf(name, "_two"), func(t *testing.T) {
			s := scheduler.New()
			var b batches[string]
			users := dataloader.New(s, echo(&b))
			start := func() list { return loadOneThenTwo(s, users) }

			both := promise.All(s, frame(s, start), frame(s, start))

			require.Equal(t, [][]string{{"load1", "load2"}, {"load1", "load2"}}, await(t, both))
			require.Equal(t, [][]string{{"load1"}, {"load2"}}, b.all())
		})
	}
}

// What straight-line code is for: ten functions, each with two loads one after the other, in two rounds.
func TestAsyncFunctionsShareTheirRounds(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	for i := range 10 {
		promise.Async(s, func(ctx context.Context) (int, error) {
			u, err := users.Load(i).Await(ctx)
			if err != nil {
				return 0, err
			}
			return users.Load(u + 100).Await(ctx)
		})
	}

	run(t, s)

	require.Equal(t, [][]int{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
		{100, 101, 102, 103, 104, 105, 106, 107, 108, 109},
	}, b.all())
}

// test_dataloader_extra.py, commented out in Python: loads made in a function that has returned before anybody waits.
func TestPython_extra_batches_multiple_requests(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	safe := func() (p1, p2 *promise.Promise[int]) { return users.Load(1), users.Load(2) }

	p1, p2 := safe()

	require.Equal(t, []int{1, 2}, await(t, promise.All(s, p1, p2)))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

// test_dataloader_extra.py, commented out in Python: the same with the all() made inside, and inside a callback.
func TestPython_extra_batches_multiple_requests_two(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	safe := promise.Then(promise.Resolve(s, 0), func(int) *promise.Promise[[]int] {
		return promise.All(s, users.Load(1), users.Load(2))
	})

	require.Equal(t, []int{1, 2}, await(t, safe))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

// test_dataloader_extra.py, commented out in Python: waiting inside the safe frame, here inside a callback.
func TestPython_extra_batches_multiple_requests_safe(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	ctx := t.Context()
	safe := promise.Map(promise.Resolve(s, 0), func(int) ([]int, error) {
		return promise.All(s, users.Load(1), users.Load(2)).Await(ctx)
	})

	require.Equal(t, []int{1, 2}, await(t, safe))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

// Python shares one loader between threads and keeps a queue per thread. Here a thread is a goroutine with a scheduler
// and a loader of its own; the interleaving is Python's: load on one, load on two, drain one, drain two.
func TestPython_dataloader_thread_safety(t *testing.T) {
	loaded1, loaded2, drained1 := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var calls [2]batches[int]
	var got [2]int
	var errs [2]error
	thread := func(i int, afterLoad func()) {
		s := scheduler.New()
		users := dataloader.New(s, echo(&calls[i]))
		p := users.Load(i + 1)
		afterLoad()
		got[i], errs[i] = p.Await(t.Context())
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		thread(0, func() { close(loaded1); <-loaded2 })
		close(drained1)
	})
	<-loaded1
	wg.Go(func() {
		thread(1, func() { close(loaded2); <-drained1 })
	})
	wg.Wait()

	require.Equal(t, [2]error{}, errs)
	require.Equal(t, [2]int{1, 2}, got)
	require.Equal(t, [][]int{{1}}, calls[0].all())
	require.Equal(t, [][]int{{2}}, calls[1].all())
}
