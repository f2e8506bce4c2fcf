package gqlgenloader

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/batchtick/batchtick/scheduler"
)

// DefaultPatience is how long nothing must have moved before a tick ends although the count says that it should not. With 100 ms
// it ran out on processors that were busy with other work, though the count was right.
const DefaultPatience = 500 * time.Millisecond

// Extension gives each operation of a gqlgen server a scheduler, whose ticks end when every resolver that could still load
// is blocked in a load or done. Give a pointer to it to srv.Use before any other extension that intercepts fields: one that
// answers in place of a resolver, or changes its result, must come later. An Extension serves one server, and must not be
// changed once that serves.
type Extension struct {
	// Loaders makes the loaders of an operation on s, and returns a copy of ctx that carries them. It is called before
	// anything runs on s. For a subscription it is called once for the resolver that begins it, once for each event, and once
	// for the end.
	Loaders func(ctx context.Context, s *scheduler.Scheduler) context.Context

	// WorkerLimit must be what exec.worker_limit in gqlgen.yml was when the server's code was generated; 0 is none. gqlgen
	// does not tell it at run time.
	WorkerLimit int

	// Patience is for what can't be counted: see the package's documentation. 0 is DefaultPatience; less than 0 waits for as
	// long as it takes, which is until ctx ends if a count is wrong.
	Patience time.Duration

	// Options are given to each scheduler.
	Options []scheduler.Option

	// Ended, if not nil, is called when an operation, or an event of a subscription, is over. ctx carries what Loaders put
	// into it, and the loaders' Stats may be read. Stats.Forced is how often patience ran out. err is what Scheduler.Close
	// returned: rejections that nobody handled.
	Ended func(ctx context.Context, stats scheduler.Stats, err error)

	schema *schema
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationInterceptor
	graphql.FieldInterceptor
} = (*Extension)(nil)

// ExtensionName implements graphql.HandlerExtension.
func (e *Extension) ExtensionName() string { return "BatchtickLoader" }

// Validate implements graphql.HandlerExtension.
func (e *Extension) Validate(es graphql.ExecutableSchema) error {
	if e.Loaders == nil {
		return errors.New("gqlgenloader: Extension.Loaders is nil: give it the function that makes the loaders of an operation")
	}
	if e.WorkerLimit < 0 {
		return errors.New("gqlgenloader: Extension.WorkerLimit is negative: give it the worker_limit of gqlgen.yml, or 0")
	}
	e.schema = newSchema(es)
	return nil
}

// InterceptOperation implements graphql.OperationInterceptor.
func (e *Extension) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return e.subscribe(ctx, next)
	}
	respond := next(ctx)
	var r *request
	return func(ctx context.Context) *graphql.Response {
		if r == nil {
			op := graphql.GetOperationContext(ctx)
			r = e.open(ctx, op.Operation.SelectionSet, e.schema.root(op.Operation.Operation))
			ctx = r.ctx // later responses bring what was deferred, which has this ctx already
		}
		finished := false
		defer func() {
			if !finished { // a panic above, which the transport will recover
				r.close()
			}
		}()
		response := respond(ctx)
		finished = true
		r.answered()
		if response == nil || response.HasNext == nil || !*response.HasNext {
			r.close()
		}
		return response
	}
}

// subscribe gives the resolver that begins the stream a scheduler, and each event one of its own.
func (e *Extension) subscribe(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	begin := e.open(ctx, op.Operation.SelectionSet, e.schema.root(ast.Subscription))
	defer begin.close()
	events := new(stream)
	begin.events = events
	respond := next(begin.ctx)
	events.begun(begin.ctx)

	return func(ctx context.Context) *graphql.Response {
		events.next(ctx)
		event := events.open(ctx, e)
		defer event.close()
		return respond(event.ctx)
	}
}

// InterceptField implements graphql.FieldInterceptor.
func (e *Extension) InterceptField(ctx context.Context, next graphql.Resolver) (res any, err error) {
	r, _ := ctx.Value(requestKey{}).(*request)
	fc := graphql.GetFieldContext(ctx)
	if r == nil || strings.HasPrefix(fc.Object, "__") {
		return next(ctx)
	}
	f := r.start(fc)
	defer func() { r.end(f, fc, res, err) }() // after a panic res is nil, which is what gqlgen makes of it
	defer r.together(ctx, fc)()
	defer r.entities(fc)()
	res, err = next(ctx)
	if r.events != nil && err == nil {
		res = r.events.take(fc, res)
	}
	return res, err
}
