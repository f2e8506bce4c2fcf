package scheduler_test

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

const slack = 256 << 10 // what the runtime itself may gain between two measurements

// liveHeap is what survives a collection. Two collections: the first only moves what sync.Pools hold.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestAQueueThatIsUsedForEverKeepsItsSize(t *testing.T) {
	tests := map[string]func(s *scheduler.Scheduler, f func()){
		"jobs":   func(s *scheduler.Scheduler, f func()) { s.Enqueue(scheduler.JobFunc(f)) },
		"posts":  func(s *scheduler.Scheduler, f func()) { s.Post(f) },
		"hooks":  func(s *scheduler.Scheduler, f func()) { s.AtTickEnd(f) },
		"timers": func(s *scheduler.Scheduler, f func()) { s.AfterFunc(0, f) },
	}
	for name, again := range tests {
		t.Run(name, func(t *testing.T) {
			steps := 1_000_000
			if testing.Short() || raceEnabled || name == "timers" {
				steps = 100_000
			}
			s := scheduler.New()
			var early, late int64
			n := 0
			var step func()
			step = func() {
				n++
				switch n {
				case 10_000:
					early = liveHeap()
				case steps:
					late = liveHeap()
				}
				if n < steps {
					again(s, step)
				}
			}
			// Several at once: a queue that is never quite empty must give back what it has run all the same.
			for range 10 {
				again(s, step)
			}
			require.NoError(t, s.Run(t.Context()))
			require.GreaterOrEqual(t, n, steps)
			require.Less(t, late-early, int64(slack), "live heap grew from %d to %d bytes", early, late)
		})
	}
}

func TestAMillionJobsAtOnce(t *testing.T) {
	const n = 1_000_000
	s := scheduler.New()
	next := 0
	for i := range n {
		s.Enqueue(scheduler.JobFunc(func() {
			if i == next {
				next++
			}
		}))
	}
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, n, next, "a job was lost or ran out of order")
	require.EqualValues(t, n, s.Stats().Jobs)
}

func TestJobsThatRanAreNotHeldByTheQueue(t *testing.T) {
	s := scheduler.New()
	base := liveHeap()
	for range 64 {
		payload := make([]byte, 1<<20)
		s.Enqueue(scheduler.JobFunc(func() { payload[0]++ }))
	}
	s.Post(func() {})
	require.NoError(t, s.Run(t.Context()))
	require.Less(t, liveHeap()-base, int64(1<<20), "slots of the queue still point to jobs that have run")
	runtime.KeepAlive(s)
}

func TestAMillionTimersStoppedLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 1_000_000
		if testing.Short() || raceEnabled {
			n = 100_000
		}
		s := scheduler.New()
		base := liveHeap()
		for range n {
			require.True(t, s.AfterFunc(time.Hour, func() {}).Stop())
		}
		require.Less(t, liveHeap()-base, int64(slack), "stopped one by one")

		timers := make([]*scheduler.Timer, 0, n)
		for i := range n {
			timers = append(timers, s.AfterFunc(time.Duration(i)*time.Hour, func() {}))
		}
		for _, timer := range timers {
			require.True(t, timer.Stop())
		}
		timers = nil
		require.Less(t, liveHeap()-base, int64(n)*16, "stopped all together: a slot of the heap may stay, a timer may not")

		start := time.Now()
		require.NoError(t, s.Run(t.Context()))
		require.Zero(t, time.Since(start), "Run waited for a timer that was stopped")
		runtime.KeepAlive(s)
	})
}
