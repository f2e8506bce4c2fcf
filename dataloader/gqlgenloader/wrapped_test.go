package gqlgenloader_test

import (
	"slices"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/federated"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
)

// Schemas that hold the generated one: somebody cuts types out of it, or measures how long it takes.
type embedding struct{ graphql.ExecutableSchema }

type holding struct {
	self  *holding // goes round in a circle
	inner any
	embedding
}

// hide has no field that is the generated schema.
func hide(es graphql.ExecutableSchema) graphql.ExecutableSchema {
	return &graphql.ExecutableSchemaMock{SchemaFunc: es.Schema, ExecFunc: es.Exec, ComplexityFunc: es.Complexity}
}

func hold(es graphql.ExecutableSchema) graphql.ExecutableSchema {
	h := &holding{inner: 1, embedding: embedding{es}}
	h.self = h
	return h
}

// needResolvers are queries whose count needs to know which fields have resolvers, and of what.
var needResolvers = []string{
	`{ user(id: 2) { ... @defer { name card { owner { id } other { id } } friend { id } } } }`,
	`{ nodes(first: 8) { ... on User { friend { friend { id } } } ... on Pen { id } } user(id: 9) { friend { id } } }`,
}

func TestAWrappedSchemaIsLookedInto(t *testing.T) {
	for _, query := range needResolvers {
		expected := run(t, testserver.Unlimited(), query)
		for _, es := range []graphql.ExecutableSchema{
			embedding{testserver.Unlimited()}, &embedding{embedding{testserver.Unlimited()}}, hold(testserver.Unlimited()),
		} {
			for range runs {
				o := run(t, es, query)
				require.Equal(t, expected.batches, o.batches)
				require.Zero(t, o.forced)
			}
		}
	}
}

func TestASchemaThatHidesTheGeneratedOneMakesProgress(t *testing.T) {
	for _, query := range needResolvers {
		o := run(t, hide(testserver.Unlimited()), query, patience(5*time.Millisecond))
		require.Equal(t, answerOf(t, run(t, testserver.Unlimited(), query)), answerOf(t, o))
		require.NotZero(t, o.forced)
	}
}

// Whether entities are resolved together, nothing else tells.
func TestEntitiesOfAHiddenSchemaMakeProgress(t *testing.T) {
	query := `{ _entities(representations: [{__typename: "Shelf", id: 1}, {__typename: "Shelf", id: 2}]) { ... on Shelf { owner { id } } } }`
	o := run(t, hide(federated.New()), query, patience(5*time.Millisecond), func(e *gqlgenloader.Extension) {
		e.Loaders = federated.Loaders(func([]int) {})
	})
	require.Equal(t, runFederated(t, query).data(), o.data())
	require.NotZero(t, o.forced)
}

// All else is told by gqlgen, not by the generated types.
func TestASchemaThatHidesTheGeneratedOneIsExactOtherwise(t *testing.T) {
	hidden := hide(testserver.Unlimited())
	for _, row := range exactRows {
		if slices.Contains(needResolvers, row.query) {
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			row.check(t, run(t, hidden, row.query), 1)
		})
	}
}
