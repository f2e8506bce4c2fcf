package promise_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// foreign starts a second scheduler in a goroutine of its own and makes promises there. stop ends it.
func foreign(t *testing.T) (s *scheduler.Scheduler, on func(f func()), stop func()) {
	s = scheduler.New()
	release := s.Hold()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background()) }()
	on = func(f func()) {
		done := make(chan struct{})
		s.Post(func() { f(); close(done) })
		<-done
	}
	return s, on, func() {
		release()
		require.NoError(t, <-ended, "what was handed to another scheduler is that one's to handle")
	}
}

// bridges is every way in which a promise of another scheduler gets into a chain.
var bridges = map[string]func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int]{
	"Then": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] {
		return promise.Then(promise.Resolve(s, 0), func(int) *promise.Promise[int] { return p })
	},
	"Handle": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] {
		return promise.Handle(promise.Resolve(s, 0), func(int, error) *promise.Promise[int] { return p })
	},
	"Catch": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] {
		return promise.Reject[int](s, errOther).Catch(func(error) *promise.Promise[int] { return p })
	},
	"Follow": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] {
		q, r := promise.WithResolvers[int](s)
		r.Follow(p)
		return q
	},
	"All": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] {
		all := promise.All(s, promise.Resolve(s, 0), p)
		return promise.Map(all, func(vs []int) (int, error) { return vs[1], nil })
	},
	"Race": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] { return promise.Race(s, p) },
	"MapAll": func(s *scheduler.Scheduler, p *promise.Promise[int]) *promise.Promise[int] {
		all := promise.MapAll(s, []int{0}, 1, func(int) *promise.Promise[int] { return p })
		return promise.Map(all, func(vs []int) (int, error) { return vs[0], nil })
	},
}

func TestAPromiseOfAnotherSchedulerBringsItsOutcome(t *testing.T) {
	for name, bridge := range bridges {
		for _, when := range []string{"pending", "settled"} {
			for _, fails := range []bool{false, true} {
				t.Run(fmt.Sprint(name, " ", when, " fails ", fails), func(t *testing.T) {
					other, on, stop := foreign(t)
					var theirs *promise.Promise[int]
					settle := func(r promise.Resolver[int]) {
						if fails {
							r.Reject(errBoom)
						} else {
							r.Resolve(42)
						}
					}
					on(func() {
						p, r := promise.WithResolvers[int](other)
						theirs = p
						if when == "settled" {
							settle(r)
							return
						}
						gate := promise.Go(other, func(context.Context) (int, error) { return 0, nil })
						gate.Done(func(int) { settle(r) }, nil)
					})

					s := scheduler.New()
					ours := bridge(s, theirs)
					ticks := 0
					ours.Finally(func() { ticks++ }).Done(nil, func(error) {}) // runs on our loop, says the race detector
					run(t, s)
					require.Equal(t, 1, ticks)
					if fails {
						requireReason(t, errBoom, ours)
					} else {
						requireValue(t, 42, ours)
					}
					stop()
				})
			}
		}
	}
}

func TestTwoSchedulersThatFollowEachOthersPromises(t *testing.T) {
	// Both loops at full speed, each handing its promises to the other: for the race detector above all.
	const n = 500
	type side struct {
		s          *scheduler.Scheduler
		give, take chan *promise.Promise[int]
		sum        int
	}
	there, back := make(chan *promise.Promise[int], n), make(chan *promise.Promise[int], n)
	sides := [2]*side{
		{s: scheduler.New(), give: there, take: back},
		{s: scheduler.New(), give: back, take: there},
	}
	var loops, answered sync.WaitGroup
	answered.Add(2)
	for _, side := range sides {
		loops.Go(func() {
			// Each loop stays until both have what they asked for: nobody answers for one that has gone home.
			release := side.s.Hold()
			go func() {
				answered.Wait()
				release()
			}()
			for i := range n {
				p, r := promise.WithResolvers[int](side.s)
				side.s.Go(func(context.Context) func() { return func() { r.Resolve(i) } })
				side.give <- p
			}
			var ours []*promise.Promise[int]
			for range n {
				theirs := <-side.take
				ours = append(ours, promise.Then(promise.Resolve(side.s, 0), func(int) *promise.Promise[int] { return theirs }))
			}
			promise.All(side.s, ours...).Done(func(vs []int) {
				for _, v := range vs {
					side.sum += v
				}
				answered.Done()
			}, nil)
			if err := side.s.Run(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	loops.Wait()
	for _, side := range sides {
		require.Equal(t, n*(n-1)/2, side.sum)
	}
}

// Nobody serves what is posted to a scheduler that does not run. That may be an error, but it must not hang.
func TestAPromiseOfASchedulerThatNobodyRuns(t *testing.T) {
	for _, settled := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			other := scheduler.New()
			theirs := promise.Resolve(other, 1).Map(same)
			if settled {
				run(t, other)
			}
			s := scheduler.New()
			ours := promise.Then(promise.Resolve(s, 0), func(int) *promise.Promise[int] { return theirs })
			ours.Done(nil, func(error) {})
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			require.NoError(t, s.Run(ctx))
			if ours.State() == promise.Fulfilled {
				requireValue(t, 1, ours)
			} else {
				requireReason(t, promise.ErrForeign, ours)
			}
		})
	}
}
