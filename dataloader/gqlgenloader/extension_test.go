package gqlgenloader_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestMistakesAreFoundWhenTheServerIsMade(t *testing.T) {
	server := executor.New(testserver.Unlimited())
	require.ErrorContains(t, (&gqlgenloader.Extension{}).Validate(testserver.Unlimited()), "Loaders is nil")
	require.Panics(t, func() { server.Use(&gqlgenloader.Extension{Loaders: new(testserver.Log).Loaders, WorkerLimit: -1}) })
	require.NoError(t, (&gqlgenloader.Extension{Loaders: new(testserver.Log).Loaders}).Validate(testserver.Unlimited()))
}

// A transport that asks for one response only, as POST does.
func TestOverHTTP(t *testing.T) {
	var log testserver.Log
	ended := make(chan scheduler.Stats, 1)
	srv := handler.New(testserver.Unlimited())
	srv.AddTransport(transport.POST{})
	srv.Use(&gqlgenloader.Extension{
		Loaders: log.Loaders,
		Ended:   func(_ context.Context, stats scheduler.Stats, _ error) { ended <- stats },
	})
	server := httptest.NewServer(srv)
	defer server.Close()
	for _, query := range []string{
		`{ users(first: 3) { friend { friend { id } } } }`,
		`{ users(first: 3) { friend { ... @defer { friend { id } } } } }`, // nobody comes for what is deferred
	} {
		response, err := http.Post(server.URL, "application/json", strings.NewReader(`{"query":"`+query+`"}`))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, response.StatusCode)
		require.NoError(t, response.Body.Close())
		require.Zero(t, (<-ended).Forced)
	}
	require.Equal(t, [][]int{{11, 12, 13}, {21, 22, 23}, {11, 12, 13}}, log.Batches()[:3])
}

// When the client leaves, resolvers that are blocked in a load return, and the scheduler ends.
func TestTheClientLeaves(t *testing.T) {
	var log testserver.Log
	ctx, leave := context.WithCancelCause(graphql.StartOperationTrace(t.Context()))
	gone := errors.New("gone")
	var ended atomic.Int64
	server := executor.New(testserver.Unlimited())
	server.Use(&gqlgenloader.Extension{
		Loaders:  log.Loaders,
		Patience: -1,
		Ended:    func(context.Context, scheduler.Stats, error) { ended.Add(1) },
	})
	server.Use(leaving{leave: func() { leave(gone) }})
	op, errs := server.CreateOperationContext(ctx, &graphql.RawParams{Query: `{ users(first: 3) { friend { id } boss { id } } closed { id } }`})
	require.Empty(t, errs)
	respond, ctx := server.DispatchOperation(ctx, op)
	response := respond(ctx)
	require.ErrorContains(t, response.Errors, "gone")
	require.EqualValues(t, 1, ended.Load())
	require.Empty(t, log.Batches())
}

// leaving has one field call leave and then block until the rest has been given up.
type leaving struct{ leave func() }

func (leaving) ExtensionName() string                   { return "Leaving" }
func (leaving) Validate(graphql.ExecutableSchema) error { return nil }
func (l leaving) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	if graphql.GetFieldContext(ctx).Field.Name == "closed" {
		time.Sleep(10 * time.Millisecond) // the others are to be blocked by then; if they are not, the test is weaker, no more
		l.leave()
	}
	return next(ctx)
}

func TestAPanicAboveEndsTheScheduler(t *testing.T) {
	ended := make(chan scheduler.Stats, 1)
	server := executor.New(testserver.Unlimited())
	server.Use(&gqlgenloader.Extension{
		Loaders: new(testserver.Log).Loaders,
		Ended:   func(_ context.Context, stats scheduler.Stats, _ error) { ended <- stats },
	})
	server.AroundResponses(func(context.Context, graphql.ResponseHandler) *graphql.Response { panic("above") })
	ctx := graphql.StartOperationTrace(context.Background())
	op, errs := server.CreateOperationContext(ctx, &graphql.RawParams{Query: `{ users(first: 3) { friend { id } } }`})
	require.Empty(t, errs)
	respond, ctx := server.DispatchOperation(ctx, op)
	require.PanicsWithValue(t, "above", func() { respond(ctx) })
	require.Len(t, ended, 1)
}

func TestRejectionsThatNobodyHandledAreReported(t *testing.T) {
	lost := errors.New("lost")
	var reported error
	o := run(t, testserver.Unlimited(), `{ users(first: 3) { friend { id } } }`, func(e *gqlgenloader.Extension) {
		loaders := e.Loaders
		e.Loaders = func(ctx context.Context, s *scheduler.Scheduler) context.Context {
			promise.Reject[int](s, lost)
			return loaders(ctx, s)
		}
		e.Ended = func(_ context.Context, _ scheduler.Stats, err error) { reported = err }
	})
	require.Len(t, o.batches, 1)
	require.ErrorIs(t, reported, lost)
}
