package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// libraryGuest is one goroutine of a program.
type libraryGuest struct {
	w     *guestWorld
	ctx   context.Context
	group *watchedGroup
}

// runs notes that a func of the group begins or ends to run, as its limit counts. Once ctx has ended, who was blocked goes on
// without a place.
func (g *libraryGuest) runs(n int) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.group.running += n
	if g.group.limit > 0 && g.group.running > g.group.limit && g.ctx.Err() == nil {
		g.w.faults = append(g.w.faults, fmt.Sprintf("%d run at a time, and the limit is %d", g.group.running, g.group.limit))
	}
}

// away is for the time that a guest is blocked: defer g.away()().
func (g *libraryGuest) away() (back func()) {
	g.runs(-1)
	return func() { g.runs(1) }
}

func (g *libraryGuest) get(loader, key int) (int, error) {
	defer g.away()()
	return dataloader.Get(g.ctx, g.w.loaders[loader], key)
}

func (g *libraryGuest) getMany(loader int, keys []int) ([]int, error) {
	defer g.away()()
	return dataloader.GetMany(g.ctx, g.w.loaders[loader], keys)
}

func (g *libraryGuest) both(l, key, m, other int) (int, error) {
	defer g.away()()
	return promise.Call(g.ctx, func() *promise.Promise[int] {
		return promise.Join2(g.w.s, g.w.loaders[l].Load(key), g.w.loaders[m].Load(other),
			func(a, b int) (int, error) { return a + 3*b, nil })
	})
}

func (g *libraryGuest) chain(async bool, l, key, m int, next func(int) int) (int, error) {
	defer g.away()()
	from, to := g.w.loaders[l], g.w.loaders[m]
	return promise.Call(g.ctx, func() *promise.Promise[int] {
		if !async {
			return from.Load(key).Then(func(v int) *promise.Promise[int] { return to.Load(next(v)) })
		}
		return promise.Async(g.w.s, func(ctx context.Context) (int, error) {
			v, err := from.Load(key).Await(ctx)
			if err != nil {
				return 0, err
			}
			return to.Load(next(v)).Await(ctx)
		})
	})
}

func (g *libraryGuest) call(kind guestKind) (int, error) {
	defer g.away()()
	return promise.Call(g.ctx, func() *promise.Promise[int] {
		switch kind {
		case gResolve:
			return promise.Resolve(g.w.s, 4)
		case gReject:
			return promise.Reject[int](g.w.s, errBoom)
		case gNil:
			return nil
		}
		panic(errBoom)
	})
}

func (g *libraryGuest) yield()             { runtime.Gosched() }
func (g *libraryGuest) spawn(b *guestBody) { g.w.begin(g.group, b) }

func (g *libraryGuest) nest(limit int, bodies []*guestBody) func() error {
	own := scheduler.NewGroup(g.ctx)
	in := &watchedGroup{starter: own, parent: g.group}
	g.w.start(own, in, limit, bodies)
	return func() error {
		defer g.away()()
		err := own.Wait()
		g.w.mayReturn(in, err)
		return err
	}
}

func (g *libraryGuest) fail(kind guestKind) error {
	var err error
	in := g.group
	switch kind {
	case gGoexit:
		err = scheduler.ErrGoexit
	case gCancel:
		err, in = errCanceled, g.w.root
	default:
		err = errors.New("failed")
	}
	g.w.mu.Lock()
	if kind == gCancel {
		in.ends = append(in.ends, err)
	} else {
		in.happened = append(in.happened, err)
	}
	g.w.mu.Unlock()
	switch kind {
	case gGoexit:
		runtime.Goexit()
	case gCancel:
		g.w.cancel(err)
		return nil
	case gPanic:
		panic(err)
	}
	return err
}

func (g *libraryGuest) note(id int, text string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.w.notes[id] = append(g.w.notes[id], text)
	g.w.last = time.Now()
}
