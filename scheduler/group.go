package scheduler

import (
	"context"
	"fmt"
	"sync"
)

// Group runs funcs in goroutines that are guests: x/sync's errgroup, but for the batches. What they load by promise.Call or
// dataloader.Get goes out when each of them is blocked in such a call or has ended, never before.
type Group struct {
	s      *Scheduler
	outer  context.Context
	ctx    context.Context // of the guests
	cancel context.CancelCauseFunc
	owner  *slot // of the guest that made the group; nil if that is the loop's goroutine
	limit  *limit

	watch   watch
	unwatch func() bool

	mu     sync.Mutex
	active int           // guarded by mu
	err    error         // guarded by mu; the first
	ended  chan struct{} // guarded by mu; a guest waits for the group
	all    sync.WaitGroup
}

// NewGroup makes a group for the scheduler that ctx carries (see NewContext). It may be called on the loop's goroutine, or
// by a guest with its own ctx; Wait by the same. It panics if ctx carries no scheduler.
func NewGroup(ctx context.Context) *Group {
	s, ok := FromContext(ctx)
	if !ok {
		panic("scheduler: NewGroup: ctx carries no scheduler; put one into it with scheduler.NewContext")
	}
	g := &Group{s: s, outer: ctx, owner: s.slotOf(ctx)}
	inner, cancel := context.WithCancelCause(NewContext(ctx, s))
	g.cancel, g.watch.ctx = cancel, inner
	g.unwatch = context.AfterFunc(inner, g.watch.end)
	g.setContext(nil)
	return g
}

func (g *Group) setContext(l *limit) {
	g.limit = l
	g.ctx = context.WithValue(g.watch.ctx, guestKey{}, &slot{s: g.s, limit: l, watch: &g.watch})
}

// SetLimit lets at most n funcs of the group run at a time; a negative n means no limit. One that is blocked in
// promise.Call gives its place to another until it is woken, so a limit changes no batch. It panics while funcs
// are active, as errgroup's does.
func (g *Group) SetLimit(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.active > 0 {
		panic(fmt.Sprintf("scheduler: Group.SetLimit(%d) while %d funcs are active: set the limit before Go", n, g.active))
	}
	switch {
	case n == 0:
		panic("scheduler: Group.SetLimit(0): no func could ever run; a negative limit means none")
	case n < 0:
		g.setContext(nil)
	default:
		g.setContext(&limit{places: make(chan struct{}, n)})
	}
}

// Go runs f in a goroutine of its own. It never blocks, so a func may start others whatever the limit is: beyond the limit
// their goroutines wait until another func has ended or is blocked in promise.Call. The first error ends ctx for all, with
// that error as its cause. A panic in f becomes a *PanicError, runtime.Goexit ErrGoexit. It may be called by who made the
// group, and by its funcs.
func (g *Group) Go(f func(ctx context.Context) error) {
	g.mu.Lock()
	g.active++
	ctx, limit := g.ctx, g.limit
	g.mu.Unlock()
	g.all.Add(1)
	g.s.Announce(1)
	go func() {
		limit.acquire()
		err := ErrGoexit
		defer func() {
			if r := recover(); r != nil {
				err = NewPanicError(r)
			}
			g.end(err, limit)
		}()
		err = f(ctx)
	}()
}

// end is the end of a guest. Who waits for the last one is counted, or called, before that one stops counting.
func (g *Group) end(err error, limit *limit) {
	g.mu.Lock()
	if err != nil && g.err == nil {
		g.err = err
		g.cancel(err)
	}
	g.active--
	if g.active == 0 {
		if g.ended != nil {
			g.s.Announce(1)
			close(g.ended)
			g.ended = nil
		}
		if g.owner == nil {
			g.s.post(JobFunc(func() {})) // RunUntil looks at its condition again
		}
	}
	g.mu.Unlock()
	limit.release()
	g.s.Retire(1)
	g.all.Done()
}

// Wait waits until every func of the group has returned, and returns the first error. On the loop's goroutine it drives the
// loop meanwhile, as promise.Await does; a guest only blocks, and does not count. If ctx ends, Wait returns its cause once
// the funcs have returned, unless one of them had an error before.
func (g *Group) Wait() error {
	var err error
	if g.owner != nil {
		g.block()
	} else if err = g.s.RunUntil(g.outer, g.idle); err != nil {
		g.cancel(err)
	}
	g.all.Wait()
	g.unwatch()
	g.cancel(context.Canceled)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return g.err
	}
	return err
}

func (g *Group) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.active == 0
}

func (g *Group) block() {
	g.mu.Lock()
	if g.active == 0 {
		g.mu.Unlock()
		return
	}
	ended := make(chan struct{})
	g.ended = ended
	g.mu.Unlock()
	g.owner.limit.release()
	g.s.Retire(1)
	<-ended
	g.owner.limit.acquire()
}

// limit is how many guests of a Group may run; nil is no limit.
type limit struct{ places chan struct{} }

func (l *limit) acquire() {
	if l != nil {
		l.places <- struct{}{}
	}
}

func (l *limit) release() {
	if l != nil {
		<-l.places
	}
}
