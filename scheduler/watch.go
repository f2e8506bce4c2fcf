package scheduler

import (
	"context"
	"sync"
)

// watch ends the visits of a Group's guests when the ctx of the Group ends. Without it each would wait for the end of that
// ctx too, all at one channel, which is a third of what a call costs.
type watch struct {
	ctx context.Context

	mu      sync.Mutex
	over    bool                    // guarded by mu: ctx has ended
	blocked list[watched, *watched] // guarded by mu
}

// watched is a Visit as its watch sees it.
type watched Visit

func (v *watched) links() *links[watched] { return &v.watched }

// covers reports whether ctx ends with the watch's and never before.
func (w *watch) covers(ctx context.Context) bool { return w != nil && w.ctx.Done() == ctx.Done() }

// wait waits until v has ended.
func (w *watch) wait(v *Visit) {
	w.mu.Lock()
	over := w.over
	if !over {
		w.blocked.add((*watched)(v))
	}
	w.mu.Unlock()
	if over {
		v.cancel(context.Cause(w.ctx))
		v.woken.Wait()
		return
	}
	v.woken.Wait()
	w.mu.Lock()
	w.blocked.remove((*watched)(v))
	w.mu.Unlock()
}

// end is called when ctx has ended.
func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	for v := w.blocked.first; v != nil; v = v.watched.next {
		(*Visit)(v).cancel(context.Cause(w.ctx))
	}
}
