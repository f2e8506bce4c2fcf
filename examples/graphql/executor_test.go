// What this example relies on, or works around, in graphql-go. Should one of these fail after an update, the README and
// docs/graphql.md say what depends on it.
package main

import (
	"context"
	"errors"
	"testing"

	"github.com/graphql-go/graphql"
	"github.com/stretchr/testify/require"
)

func schemaOf(t *testing.T, query, mutation graphql.Fields) graphql.Schema {
	config := graphql.SchemaConfig{Query: graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: query})}
	if mutation != nil {
		config.Mutation = graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: mutation})
	}
	schema, err := graphql.NewSchema(config)
	require.NoError(t, err)
	return schema
}

func TestGraphQLGoLeavesItsGoroutineWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	resume, resolved := make(chan struct{}), make(chan struct{})
	schema := schemaOf(t, graphql.Fields{"slow": {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) {
		cancel()
		<-resume
		close(resolved)
		return nil, nil
	}}}, nil)
	result := graphql.Do(graphql.Params{Schema: schema, RequestString: "{ slow }", Context: ctx})
	require.ErrorContains(t, result.Errors[0], "context canceled")
	select {
	case <-resolved:
		require.Fail(t, "it has waited: request.go may give it the request's context")
	default:
	}
	close(resume)
	<-resolved
}

func TestGraphQLGoCallsTheResolversOfAMutationInOrderAndThenTheThunks(t *testing.T) {
	var order []string
	field := func(name string) *graphql.Field {
		return &graphql.Field{Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) {
			order = append(order, name)
			return func() (any, error) {
				order = append(order, "thunk")
				return name, nil
			}, nil
		}}
	}
	schema := schemaOf(t, graphql.Fields{"x": field("x")}, graphql.Fields{"a": field("a"), "b": field("b"), "c": field("c")})
	for range 20 {
		order = nil
		result := graphql.Do(graphql.Params{Schema: schema, RequestString: "mutation { c a b }", Context: t.Context()})
		require.Empty(t, result.Errors)
		require.Equal(t, []string{"c", "a", "b", "thunk", "thunk", "thunk"}, order)
	}
}

func TestGraphQLGoDropsTheWholeAnswerForAThunkThatCannotBeNull(t *testing.T) {
	failing := func(graphql.ResolveParams) (any, error) {
		return func() (any, error) { return nil, errors.New("no") }, nil
	}
	inner := graphql.NewObject(graphql.ObjectConfig{Name: "Inner", Fields: graphql.Fields{
		"sure":  {Type: graphql.NewNonNull(graphql.String), Resolve: failing},
		"maybe": {Type: graphql.String, Resolve: failing},
	}})
	schema := schemaOf(t, graphql.Fields{
		"inner": {Type: inner, Resolve: func(graphql.ResolveParams) (any, error) { return 1, nil }},
		"other": {Type: graphql.String, Resolve: func(graphql.ResolveParams) (any, error) { return "there", nil }},
	}, nil)
	ask := func(query string) *graphql.Result {
		return graphql.Do(graphql.Params{Schema: schema, RequestString: query, Context: t.Context()})
	}
	require.Nil(t, ask("{ other inner { sure } }").Data, "the specification would have inner null, and other there")
	require.Equal(t, map[string]any{"other": "there", "inner": map[string]any{"maybe": nil}}, ask("{ other inner { maybe } }").Data)
}
