// One request: its loop, its loaders and what it cost. The path from a query to an answer is here.
package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/gqlerrors"
	"github.com/graphql-go/graphql/language/ast"
	"github.com/graphql-go/graphql/language/parser"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// api answers requests.
type api struct {
	store  *store
	schema graphql.Schema
	limits limits

	naive bool // without loaders
	plain bool // thunks alone, without asking ahead
	eager bool // scheduler.Eager in place of scheduler.Lockstep
}

func newAPI(s *store) (*api, error) {
	schema, err := newSchema()
	return &api{store: s, schema: schema, limits: defaultLimits}, err
}

// policy is Lockstep, since here a round trip is dear, and the same query should always make the same batches.
func (a *api) policy() scheduler.Policy {
	if a.eager {
		return scheduler.Eager
	}
	return scheduler.Lockstep
}

// question is what a client sends.
type question struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`

	readOnly bool
}

// request is what resolvers find in their context.
type request struct {
	viewer viewer
	data   reader
	plain  bool
}

type requestKey struct{}

func requestOf(ctx context.Context) *request { return ctx.Value(requestKey{}).(*request) }

// answer executes a query for a viewer, or refuses to. status is for a client that takes GraphQL's own content type. ctx
// has to end when answer has returned: a batch that nobody waits for any more may be in flight.
//
// graphql.Execute runs resolvers and thunks in a goroutine of its own, and when the context that it is given ends it
// returns and leaves that goroutine running: two goroutines would have one loop. So it is given a context that never
// ends, and always returns after its goroutine. The thunks wait with the context that does end, so that is soon.
func (a *api) answer(ctx context.Context, v viewer, q question) (result *graphql.Result, status int) {
	doc, err := parser.Parse(parser.ParseParams{Source: q.Query})
	if err != nil {
		return refuse(err), http.StatusBadRequest
	}
	if err := a.limits.check(doc, q.Variables); err != nil {
		return refuse(err), http.StatusBadRequest
	}
	if valid := graphql.ValidateDocument(&a.schema, doc, nil); !valid.IsValid {
		return &graphql.Result{Errors: valid.Errors}, http.StatusBadRequest
	}
	if q.readOnly && writes(doc, q.OperationName) {
		return refuse(errors.New("a mutation has to be sent with POST")), http.StatusMethodNotAllowed
	}
	rec := newRecord()
	ctx = context.WithValue(ctx, recordKey{}, rec)
	loop := scheduler.New(scheduler.WithPolicy(a.policy()), scheduler.WithObserver(rec))
	defer func() { _ = loop.Close() }() // what is unhandled now, nobody waits for
	r := &request{viewer: v, plain: a.plain}
	stats := func() map[string]dataloader.Stats { return nil }
	if a.naive {
		r.data = naive{ctx, a.store, v.tenant}
	} else {
		l := newLoaders(loop, a.store, v.tenant)
		r.data, stats = loaded{ctx, a.store, v.tenant, l}, l.stats
	}
	result = graphql.Execute(graphql.ExecuteParams{
		Schema: a.schema, AST: doc, OperationName: q.OperationName, Args: q.Variables,
		Context: context.WithValue(context.WithoutCancel(ctx), requestKey{}, r),
	})
	result.Extensions = map[string]any{"batches": rec.report(loop.Stats().Rounds, a.naive, stats())}
	return result, http.StatusOK
}

// writes reports whether the operation that will be executed is a mutation.
func writes(doc *ast.Document, name string) bool {
	for _, d := range doc.Definitions {
		op, ok := d.(*ast.OperationDefinition)
		if ok && op.Operation == ast.OperationTypeMutation && (name == "" || op.Name != nil && op.Name.Value == name) {
			return true
		}
	}
	return false
}

func refuse(err error) *graphql.Result {
	return &graphql.Result{Errors: gqlerrors.FormatErrors(err)}
}

// visible is the error as the client sees it: the cause of a failed batch, without the other keys that were in it.
func visible(err error) error {
	var failed *dataloader.BatchError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
