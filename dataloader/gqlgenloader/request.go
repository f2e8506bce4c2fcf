package gqlgenloader

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/batchtick/batchtick/scheduler"
)

// request is one operation, or one event of a subscription, with its scheduler.
type request struct {
	ext  *Extension
	loop *scheduler.Scheduler
	op   *graphql.OperationContext
	root *field
	ctx  context.Context // of what is resolved first: it carries the request, and the loaders

	events *stream // of the request that begins a subscription, else nil

	over    atomic.Bool
	stopped chan struct{} // the loop has ended

	mu      sync.Mutex
	shapes  map[shapeKey]*shape              // guarded by mu
	batches map[batchKey]*batch              // guarded by mu
	fields  map[*graphql.FieldContext]*field // guarded by mu; those that have something beneath them
	answer  answer                           // guarded by mu
}

type requestKey struct{}

// open makes the scheduler and its loaders, and drives it until close. The goroutine that is going to answer counts from
// here on: it is the one that resolves the value of type t that selection is about.
func (e *Extension) open(ctx context.Context, selection ast.SelectionSet, t *ast.Type) *request {
	patience := e.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	options := append([]scheduler.Option{scheduler.WithPatience(max(patience, 0))}, e.Options...)
	r := &request{
		ext: e, loop: scheduler.New(options...), op: graphql.GetOperationContext(ctx), stopped: make(chan struct{}),
		shapes: map[shapeKey]*shape{}, batches: map[batchKey]*batch{}, fields: map[*graphql.FieldContext]*field{},
	}
	r.ctx = e.Loaders(scheduler.NewGuestContext(context.WithValue(ctx, requestKey{}, r), r.loop), r.loop)
	r.answer.open = true
	r.root = &field{up: &r.answer}
	if t != nil && t.Elem == nil && e.schema.isComposite(t.NamedType) {
		r.root.value = &object{up: r.root, selection: selection}
	}
	r.loop.Announce(1)
	go r.drive(ctx)
	return r
}

// drive is the loop's goroutine.
func (r *request) drive(ctx context.Context) {
	defer close(r.stopped)
	release := func() {}
	for held := false; ; held = true {
		_ = r.loop.RunUntil(ctx, r.over.Load) // its error has reached whoever waits
		if held || r.over.Load() || ctx.Err() != nil {
			break
		}
		release = r.loop.Hold() // nothing was left to do, but what was not counted may yet come
	}
	release()
	stats := r.loop.Stats()
	err := r.loop.Close()
	if r.ext.Ended != nil {
		r.ext.Ended(r.ctx, stats, err)
	}
}

// answered says that the goroutine that resolved the root is done with a response. What is deferred may go on.
func (r *request) answered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answer.open {
		r.answer.open = false
		r.loop.Retire(1)
	}
}

// close ends the loop and waits for it.
func (r *request) close() {
	r.over.Store(true)
	r.loop.Post(func() {})
	<-r.stopped
}

// start says that the resolver of a field is about to be called.
func (r *request) start(fc *graphql.FieldContext) *field {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &field{nonNull: fc.Field.Definition.Type.NonNull}
	if o := r.find(fc); o != nil {
		o.start(r, f, fc)
	} else {
		r.stray(f)
	}
	return f
}

// stray counts a field that nobody expected, for as long as it and what is beneath it lasts.
func (r *request) stray(f *field) {
	r.announce(1)
	f.up = apart{}
}

// end says that the resolver of f has returned.
func (r *request) end(f *field, fc *graphql.FieldContext, res any, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.nonNull = f.nonNull || fc.NonNull
	ended, null := true, true
	if err == nil && res != nil {
		f.value, ended, null = r.begin(reflect.ValueOf(res), fc.Field.Definition.Type, fc.Field.Selections, f)
	}
	if f.value != nil {
		r.fields[fc] = f
	}
	if ended {
		r.climb(f, null)
	}
}

func (r *request) announce(n int) {
	if n > 0 {
		r.loop.Announce(n)
	}
}
