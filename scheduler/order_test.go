package scheduler_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

// record collects the order in which callbacks ran. It has no lock on purpose: everything that a scheduler
// runs must run on one goroutine, and the race detector says so if it does not.
type record struct{ events []string }

func (r *record) add(event string) { r.events = append(r.events, event) }

func (r *record) fn(event string) func() { return func() { r.add(event) } }

func (r *record) job(event string) scheduler.Job { return scheduler.JobFunc(r.fn(event)) }

func TestJobsRunInTheOrderOfTheirEnqueue(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.Enqueue(scheduler.JobFunc(func() {
		r.add("1")
		s.Enqueue(r.job("1.1"))
		s.Enqueue(scheduler.JobFunc(func() {
			r.add("1.2")
			s.Enqueue(r.job("1.2.1"))
		}))
		require.Equal(t, []string{"1"}, r.events, "a job ran inside the call that enqueued it")
	}))
	s.Enqueue(r.job("2"))
	require.Empty(t, r.events, "a job ran before Run")

	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"1", "2", "1.1", "1.2", "1.2.1"}, r.events)
}

func TestFIFOSurvivesAQueueThatGrowsAndShrinks(t *testing.T) {
	// A ring buffer that wraps around while it grows is where an order breaks; waves of changing height
	// make it wrap at many offsets.
	s := scheduler.New()
	next, ran := 0, 0
	var wave func(height int)
	wave = func(height int) {
		for range height {
			id := next
			next++
			s.Enqueue(scheduler.JobFunc(func() {
				require.Equal(t, ran, id)
				ran++
				if id%7 == 0 && next < 50_000 {
					wave(1 + id%13)
				}
			}))
		}
	}
	wave(100)
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, next, ran)
	require.Greater(t, ran, 1_000)
}

func TestTheTickEndsWhenTheQueueIsEmpty(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.AtTickEnd(r.fn("hook a"))
	s.Enqueue(scheduler.JobFunc(func() {
		r.add("job")
		s.AtTickEnd(r.fn("hook b"))
		s.Enqueue(r.job("nested job"))
	}))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"job", "nested job", "hook a", "hook b"}, r.events)
}

func TestAHookRunsOnce(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.AtTickEnd(func() {
		r.add("hook")
		s.Enqueue(r.job("next tick"))
	})
	require.NoError(t, s.Run(t.Context()))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"hook", "next tick"}, r.events)
}

func TestAHookRegisteredByAHookWaitsForTheNextTickEnd(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.AtTickEnd(func() {
		r.add("hook 1")
		s.AtTickEnd(r.fn("late hook"))
		s.Enqueue(r.job("job of the next tick"))
	})
	s.AtTickEnd(r.fn("hook 2"))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"hook 1", "hook 2", "job of the next tick", "late hook"}, r.events)
}

func TestAHookRegisteredByTheLastHookStillRuns(t *testing.T) {
	// No job is left and nothing is outstanding: only the hook itself keeps the loop going.
	s, r := scheduler.New(), &record{}
	s.AtTickEnd(func() { s.AtTickEnd(func() { s.AtTickEnd(r.fn("third")) }) })
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"third"}, r.events)
}

func TestPostRunsInALaterTick(t *testing.T) {
	s, r := scheduler.New(), &record{}
	s.Enqueue(scheduler.JobFunc(func() {
		s.Post(r.fn("posted"))
		s.AtTickEnd(r.fn("hook"))
		s.Enqueue(r.job("job"))
	}))
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"job", "hook", "posted"}, r.events)
}

func TestOneTurnOfTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := scheduler.New(), &record{}
		s.AfterFunc(time.Millisecond, r.fn("timer"))
		s.AtTickEnd(func() {
			r.add("hook")
			s.Post(r.fn("posted by a hook"))
			s.Enqueue(r.job("job of a hook"))
		})
		s.Post(func() {
			r.add("posted")
			s.Enqueue(r.job("job of a post"))
		})
		s.Enqueue(r.job("job"))
		require.NoError(t, s.Run(t.Context()))
		require.ElementsMatch(t, []string{"job", "posted"}, r.events[:2])
		require.Equal(t, "job of a post", r.events[2])
		require.Equal(t, "hook", r.events[3])
		require.ElementsMatch(t, []string{"job of a hook", "posted by a hook"}, r.events[4:6])
		require.Equal(t, []string{"timer"}, r.events[6:])
	})
}

func TestPostsOfManyGoroutinesKeepTheOrderOfEach(t *testing.T) {
	const writers, each = 8, 2_000
	s := scheduler.New()
	release := s.Hold()
	var (
		group sync.WaitGroup
		last  [writers]int
		total int
	)
	for w := range writers {
		group.Go(func() {
			for i := 1; i <= each; i++ {
				s.Post(func() {
					require.Equal(t, last[w]+1, i)
					last[w] = i
					total++
				})
			}
		})
	}
	go func() {
		group.Wait()
		release()
	}()
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, writers*each, total)
}

func TestTimersRunInTheOrderOfDueTimeThenCreation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := scheduler.New(), &record{}
		start := time.Now()
		at := func(d time.Duration, name string) *scheduler.Timer {
			return s.AfterFunc(d, func() { r.add(fmt.Sprint(name, " at ", time.Since(start))) })
		}
		at(30*time.Millisecond, "c")
		at(10*time.Millisecond, "a1")
		stopped := at(15*time.Millisecond, "stopped")
		s.AfterFunc(5*time.Millisecond, func() {
			require.True(t, stopped.Stop())
			at(5*time.Millisecond, "a3")
		})
		at(20*time.Millisecond, "b")
		at(10*time.Millisecond, "a2")
		require.NoError(t, s.Run(t.Context()))
		require.Equal(t, []string{"a1 at 10ms", "a2 at 10ms", "a3 at 10ms", "b at 20ms", "c at 30ms"}, r.events)
	})
}

func TestManyTimersRunInOrderWhateverTheOrderOfCreation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1_000
		s := scheduler.New()
		var due []int
		var timers []*scheduler.Timer
		for i := range n {
			d := i * 7919 % n
			timers = append(timers, s.AfterFunc(time.Duration(d)*time.Millisecond, func() { due = append(due, d) }))
		}
		// Stops out of the middle are what breaks a heap that forgets to restore its order.
		stopped := map[int]bool{}
		for i := 0; i < n; i += 3 {
			require.True(t, timers[i].Stop())
			stopped[i*7919%n] = true
		}
		var want []int
		for d := range n {
			if !stopped[d] {
				want = append(want, d)
			}
		}
		require.NoError(t, s.Run(t.Context()))
		require.Equal(t, want, due)
	})
}

func TestTimerStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := scheduler.New(), &record{}
		start := time.Now()
		never := s.AfterFunc(time.Hour, r.fn("never"))
		require.True(t, never.Stop())
		require.False(t, never.Stop(), "the second Stop stops nothing")

		fired := s.AfterFunc(time.Millisecond, r.fn("fired"))
		var twin *scheduler.Timer
		s.AfterFunc(2*time.Millisecond, func() { require.True(t, twin.Stop()) })
		twin = s.AfterFunc(2*time.Millisecond, r.fn("stopped by a timer that is due at the same time"))

		require.NoError(t, s.Run(t.Context()))
		require.False(t, fired.Stop(), "a timer that ran cannot be stopped")
		require.False(t, twin.Stop())
		require.Equal(t, []string{"fired"}, r.events)
		require.Equal(t, 2*time.Millisecond, time.Since(start), "a stopped timer kept Run alive")
	})
}

func TestATimerOfNoDurationWaitsForTheEndOfTheTick(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s, r := scheduler.New(), &record{}
			s.Enqueue(scheduler.JobFunc(func() {
				s.AfterFunc(d, r.fn("timer"))
				s.Enqueue(r.job("job"))
				s.AtTickEnd(r.fn("hook"))
			}))
			start := time.Now()
			require.NoError(t, s.Run(t.Context()))
			require.Equal(t, []string{"job", "hook", "timer"}, r.events)
			require.Zero(t, time.Since(start))
		})
	}
}
