package promise_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// callbacks is every place where a promise calls a function of the user's. Each row gives the promise that
// such a function is to reject when it blows up.
var callbacks = map[string]func(s *scheduler.Scheduler, blow func()) *promise.Promise[int]{
	"New": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.New(s, func(func(int), func(error)) { blow() })
	},
	"Try": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Try(s, func() (int, error) { blow(); return 1, nil })
	},
	"Go": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Go(s, func(context.Context) (int, error) { blow(); return 1, nil })
	},
	"Async": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Async(s, func(context.Context) (int, error) { blow(); return 1, nil })
	},
	"Async after Await": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		p, r := promise.WithResolvers[int](s)
		s.AtTickEnd(func() { r.Resolve(1) })
		return promise.Async(s, func(ctx context.Context) (int, error) {
			v, err := p.Await(ctx)
			blow()
			return v, err
		})
	},
	"Then": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Resolve(s, 1).Then(func(int) *promise.Promise[int] { blow(); return nil })
	},
	"Map": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Resolve(s, 1).Map(func(int) (int, error) { blow(); return 1, nil })
	},
	"Handle of a value": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Resolve(s, 1).Handle(func(int, error) *promise.Promise[int] { blow(); return nil })
	},
	"Handle of an error": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Reject[int](s, errOther).Handle(func(int, error) *promise.Promise[int] { blow(); return nil })
	},
	"Catch": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Reject[int](s, errOther).Catch(func(error) *promise.Promise[int] { blow(); return nil })
	},
	"Recover": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Reject[int](s, errOther).Recover(func(error) (int, error) { blow(); return 1, nil })
	},
	"CatchAs": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		p := promise.Reject[int](s, &codeError{1})
		return promise.CatchAs(p, func(*codeError) *promise.Promise[int] { blow(); return nil })
	},
	"Finally of a value": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Resolve(s, 1).Finally(func() { blow() })
	},
	"Finally of an error": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Reject[int](s, errOther).Finally(func() { blow() })
	},
	"Tap": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Resolve(s, 1).Tap(func(int) { blow() })
	},
	"Join2": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		one := promise.Resolve(s, 1)
		return promise.Join2(s, one, one, func(int, int) (int, error) { blow(); return 1, nil })
	},
	"Join3": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		one := promise.Resolve(s, 1)
		return promise.Join3(s, one, one, one, func(int, int, int) (int, error) { blow(); return 1, nil })
	},
	"Join4": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		one := promise.Resolve(s, 1)
		return promise.Join4(s, one, one, one, one, func(int, int, int, int) (int, error) { blow(); return 1, nil })
	},
	"MapAll": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		ps := promise.MapAll(s, []int{1, 2, 3}, 1, func(int) *promise.Promise[int] { blow(); return nil })
		return promise.Map(ps, func(vs []int) (int, error) { return len(vs), nil })
	},
	"Reduce": func(s *scheduler.Scheduler, blow func()) *promise.Promise[int] {
		return promise.Reduce(s, []int{1, 2, 3}, 0, func(int, int) *promise.Promise[int] { blow(); return nil })
	},
}

func blowUp() { panic("blown up") }

func TestAPanicInAnyCallbackRejects(t *testing.T) {
	for name, derive := range callbacks {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			p := derive(s, blowUp)
			after := promise.Resolve(s, 1).Map(same)
			caught := p.Recover(func(err error) (int, error) {
				var panicked *promise.PanicError
				require.ErrorAs(t, err, &panicked)
				require.Equal(t, "blown up", panicked.Value)
				require.Contains(t, string(panicked.Stack), "promise_test.blowUp", "the stack shows the way to the panic")
				require.Contains(t, err.Error(), "blown up")
				return 7, nil
			})
			run(t, s)
			requireValue(t, 7, caught)
			requireValue(t, 1, after)
		})
	}
}

func TestAPanicWithAnErrorIsSeenThrough(t *testing.T) {
	for name, derive := range callbacks {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			p := derive(s, func() { panic(fmt.Errorf("wrapped: %w", &codeError{500})) })
			require.Error(t, s.Run(t.Context()), "nobody handled it")
			_, err, _ := p.Result()
			var code *codeError
			require.ErrorAs(t, err, &code)
			require.Equal(t, 500, code.code)
		})
	}
}

func TestAPanicWithNilRejects(t *testing.T) {
	for name, derive := range callbacks {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			p := derive(s, func() { panic(nil) }) //nolint:govet // on purpose
			require.Error(t, s.Run(t.Context()))
			_, err, settled := p.Result()
			require.True(t, settled)
			var panicked *promise.PanicError
			require.ErrorAs(t, err, &panicked)
		})
	}
}

func TestAPanicAfterTheSettlementChangesNothing(t *testing.T) {
	s := scheduler.New()
	p := promise.New(s, func(resolve func(int), _ func(error)) {
		resolve(1)
		panic("too late")
	})
	run(t, s)
	requireValue(t, 1, p)
}

func TestGoexitInAnOperationRejects(t *testing.T) {
	s := scheduler.New()
	p := callbacks["Go"](s, runtime.Goexit)
	require.ErrorIs(t, s.Run(t.Context()), promise.ErrGoexit)
	requireReason(t, promise.ErrGoexit, p)
}

// A test's FailNow in a callback ends the goroutine of the loop, as it must. The scheduler and whoever
// waits for the promise must survive that.
func TestGoexitInACallbackLeavesNothingPending(t *testing.T) {
	for name, derive := range callbacks {
		if name == "Go" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var p, other *promise.Promise[int]
			ended := returns(func() {
				p = derive(s, runtime.Goexit)
				_ = s.Run(context.Background())
			})
			require.False(t, ended, "Goexit must end its goroutine")
			other = promise.Resolve(s, 1).Map(same)
			_ = s.Run(t.Context())
			requireValue(t, 1, other)
			if p != nil { // New and Try were left before they could return theirs
				requireReason(t, promise.ErrGoexit, p)
			}
		})
	}
}

// returns runs f in a goroutine and tells whether it returned.
func returns(f func()) (returned bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
		returned = true
	}()
	<-done
	return returned
}
