package gqlgenloader_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
)

const randomQueries = 400

// A random query makes the batches, key for key, that it makes in a bubble where a loader waits until all else is blocked; and
// its answer is the same. In a bubble patience runs out at once when a count is wrong, however busy the machine is.
func FuzzQueries(f *testing.F) {
	for seed := range uint64(randomQueries) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		servers, limit := testserver.Unlimited, 0
		if seed%2 == 1 {
			servers, limit = testserver.Limited, testserver.Limit
		}
		query := randomQuery(seed, servers().Schema())
		synctest.Test(t, func(t *testing.T) {
			expected := runWindow(t, servers(), query)
			o := run(t, servers(), query, limitOf(limit))
			require.Equal(t, expected.batches, o.batches, query)
			require.Equal(t, answerOf(t, expected), answerOf(t, o), query)
			require.Zero(t, o.forced, query)
		})
	})
}

// runWindow runs the query without the extension.
func runWindow(t *testing.T, es graphql.ExecutableSchema, query string) (o outcome) {
	w := new(testserver.Window)
	exec := executor.New(es)
	exec.SetRecoverFunc(func(context.Context, any) error { return context.Canceled })
	exec.AroundFields(w.AroundFields)
	ctx := w.Context(graphql.StartOperationTrace(t.Context()))
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	require.Empty(t, errs, query)
	respond, ctx := exec.DispatchOperation(ctx, op)
	for {
		if op.Operation.Operation == ast.Subscription {
			w.Forget()
		}
		r := respond(ctx)
		if r == nil {
			break
		}
		r.Data = slices.Clone(r.Data)
		o.responses = append(o.responses, r)
	}
	o.batches = w.Log.Batches()
	return o
}

// answerOf is what a client makes of the responses. What is deferred comes in any order, and a field that two labels share
// comes with either.
func answerOf(t *testing.T, o outcome) (answer []string) {
	deferred := map[string]map[string]any{}
	for _, r := range o.responses {
		for _, err := range r.Errors {
			answer = append(answer, fmt.Sprint("error ", err.Path, " ", err.Message))
		}
		if r.Path == nil || string(r.Data) == "null" {
			answer = append(answer, r.Path.String()+r.Label+string(r.Data))
			continue
		}
		path := r.Path.String()
		fields := deferred[path]
		require.NoError(t, json.Unmarshal(r.Data, &fields)) // into those that are there
		deferred[path] = fields
	}
	for path, fields := range deferred {
		text, err := json.Marshal(fields)
		require.NoError(t, err)
		answer = append(answer, path+string(text))
	}
	slices.Sort(answer)
	return answer
}
