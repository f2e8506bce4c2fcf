package promise_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestDelayGivesItsValueWhenItIsDue(t *testing.T) {
	for _, d := range []time.Duration{time.Hour, time.Millisecond, 0, -time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := scheduler.New()
			start := time.Now()
			p := promise.Delay(s, d, "value")
			requirePending(t, p)
			run(t, s)
			requireValue(t, "value", p)
			require.Equal(t, max(d, 0), time.Since(start))
		})
	}
}

func TestDelaysSettleInTheOrderOfTheirTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var order []int
		for _, ms := range []int{30, 10, 20, 10} {
			promise.Delay(s, time.Duration(ms)*time.Millisecond, ms).Done(func(v int) { order = append(order, v) }, nil)
		}
		run(t, s)
		require.Equal(t, []int{10, 10, 20, 30}, order)
	})
}

func TestTimeoutRejectsWhatTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		slow := promise.Delay(s, time.Minute, 1)
		limited := slow.Timeout(time.Second)
		var after time.Duration
		limited.Done(nil, func(err error) {
			require.ErrorIs(t, err, promise.ErrTimeout)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			after = time.Since(start)
		})
		run(t, s)
		require.Equal(t, time.Second, after)
		requireReason(t, promise.ErrTimeout, limited)
		requireValue(t, 1, slow) // Timeout bounds the wait, not the work
		require.Equal(t, time.Minute, time.Since(start))
	})
}

func TestATimeoutThatDoesNotFireLeavesNoTimer(t *testing.T) {
	outcomes := map[string]func(s *scheduler.Scheduler) *promise.Promise[int]{
		"settled before": func(s *scheduler.Scheduler) *promise.Promise[int] { return promise.Resolve(s, 1) },
		"rejected before": func(s *scheduler.Scheduler) *promise.Promise[int] {
			return promise.Reject[int](s, errBoom)
		},
		"settled in time": func(s *scheduler.Scheduler) *promise.Promise[int] {
			return promise.Delay(s, time.Second, 1)
		},
		"rejected in time": func(s *scheduler.Scheduler) *promise.Promise[int] {
			return promise.Delay(s, time.Second, 1).Map(func(int) (int, error) { return 0, errBoom })
		},
		"followed": func(s *scheduler.Scheduler) *promise.Promise[int] {
			p, r := promise.WithResolvers[int](s)
			s.Post(func() { r.Follow(promise.Delay(s, time.Second, 1)) })
			return p
		},
	}
	for name, make := range outcomes {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				start := time.Now()
				p := make(s)
				limited := p.Timeout(time.Hour)
				limited.Done(nil, func(err error) { require.Equal(t, errBoom, err) })
				run(t, s)
				require.Equal(t, p.String(), limited.String())
				require.NotEqual(t, promise.Pending, limited.State())
				require.LessOrEqual(t, time.Since(start), time.Second, "Run waited for a timer that nobody needs")
			})
		})
	}
}

func TestATimeoutOfNothing(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := scheduler.New()
			start := time.Now()
			settled := promise.Resolve(s, 1).Timeout(d)
			pending := promise.Delay(s, time.Second, 2).Timeout(d)
			pending.Done(nil, func(error) { require.Zero(t, time.Since(start)) })
			run(t, s)
			requireValue(t, 1, settled)
			requireReason(t, promise.ErrTimeout, pending)
		})
	}
}

func TestARejectionAfterTheTimeoutIsHandled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		p := promise.Delay(s, time.Minute, 1).Map(func(int) (int, error) { return 0, errBoom })
		p.Timeout(time.Second).Done(nil, func(error) {})
		run(t, s)
	})
}

func TestTheSameTimeoutTwice(t *testing.T) {
	// The inner one settles the outer one's promise in time; both timers are due at the same instant.
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		p, _ := promise.WithResolvers[int](s)
		limited := p.Timeout(time.Second).Timeout(time.Second)
		require.ErrorIs(t, s.Run(t.Context()), promise.ErrTimeout)
		requireReason(t, promise.ErrTimeout, limited)
		require.Equal(t, time.Second, time.Since(start))
	})
}

// The loop is busy for so long that the outcome and the timer are there when it looks again. The outcome came first.
func TestATimeoutThatIsDueWithTheOutcomeIsTooLate(t *testing.T) {
	for name, reason := range map[string]error{"value": nil, "error": errBoom} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				p := promise.Go(s, func(context.Context) (int, error) { return 1, reason })
				limited := p.Timeout(time.Second)
				limited.Done(nil, func(error) {})
				s.Post(func() { time.Sleep(time.Minute) })
				run(t, s)
				require.Equal(t, p.String(), limited.String())
			})
		})
	}
}
