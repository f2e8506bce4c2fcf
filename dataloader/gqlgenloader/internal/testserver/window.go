package testserver

import (
	"context"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
)

// Window is what the extension is held to: a loader with a timer, as others have, and no extension. In a bubble of
// testing/synctest the timer fires when each goroutine there is blocked and no sooner, so its batches are those that are
// right by definition, and nothing is counted.
type Window struct {
	Log Log

	mu      sync.Mutex
	users   map[int]*wanted               // guarded by mu
	pending []int                         // guarded by mu: the keys of the next batch
	calls   map[callOfBatch]chan struct{} // guarded by mu: closed when the batch resolver is back
}

// wanted is a user that was asked for.
type wanted struct {
	done chan struct{}
	user *model.User
	err  error
}

type callOfBatch struct {
	group *graphql.BatchParentGroup
	alias string
}

// Context returns a copy of ctx in which resolvers load from w.
func (w *Window) Context(ctx context.Context) context.Context {
	w.users, w.calls = map[int]*wanted{}, map[callOfBatch]chan struct{}{}
	return withSource(ctx, w)
}

// Forget empties the cache, as the next event of a subscription has loaders of its own.
func (w *Window) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.users)
}

// AroundFields is for the server's method of that name. gqlgen has the callers of a batch resolver wait for a mutex, which a
// bubble does not take for blocked, so they wait for a channel first.
func (w *Window) AroundFields(ctx context.Context, next graphql.Resolver) (any, error) {
	fc := graphql.GetFieldContext(ctx)
	if fc.Field.Name != "rival" || fc.Parent == nil || fc.Parent.Index == nil {
		return next(ctx)
	}
	key := callOfBatch{graphql.GetBatchParentGroup(ctx, fc.Object), fc.Field.Alias}
	w.mu.Lock()
	back, others := w.calls[key]
	if !others {
		back = make(chan struct{})
		w.calls[key] = back
	}
	w.mu.Unlock()
	if others {
		<-back
	} else {
		defer close(back)
	}
	return next(ctx)
}

func (w *Window) ask(id int, anew bool) *wanted {
	w.mu.Lock()
	defer w.mu.Unlock()
	if found := w.users[id]; found != nil && !anew {
		return found
	}
	u := &wanted{done: make(chan struct{})}
	w.users[id] = u
	if w.pending = append(w.pending, id); len(w.pending) == 1 {
		time.AfterFunc(time.Millisecond, w.send)
	}
	return u
}

func (w *Window) send() {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.Log.fetch(context.Background(), w.pending)
	for _, id := range w.pending {
		u := w.users[id]
		if u.user = found[id]; u.user == nil {
			u.err = &dataloader.NotFoundError{Loader: loaderName, Key: id}
		}
		close(u.done)
	}
	w.pending = nil
}

// Get implements source.
func (w *Window) Get(_ context.Context, id int) (*model.User, error) {
	u := w.ask(id, false)
	<-u.done
	return u.user, u.err
}

// GetMany implements source.
func (w *Window) GetMany(_ context.Context, ids []int) (users []*model.User, err error) {
	asked := make([]*wanted, len(ids))
	for i, id := range ids {
		asked[i] = w.ask(id, false)
	}
	for _, u := range asked {
		<-u.done
		if u.err != nil {
			return nil, u.err
		}
		users = append(users, u.user)
	}
	return users, nil
}

// Renew implements source.
func (w *Window) Renew(_ context.Context, id int) (*model.User, error) {
	u := w.ask(id, true)
	<-u.done
	return u.user, u.err
}
