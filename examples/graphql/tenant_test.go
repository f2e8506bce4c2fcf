package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Clients of both tenants ask for the very same rows, all at once: each sees those of its own tenant, and null for the
// others. Were anything shared, some would see a row that another had cached, or miss one of theirs.
func TestTenantsNeverSeeEachOthersRows(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		const rows, clients, rounds = 20, 16, 4
		var query strings.Builder
		query.WriteString("{ me { id }")
		for id := range rows {
			fmt.Fprintf(&query, " u%d: user(id: %d) { id name bestFriend { id } friends(first: 3) { id posts(first: 1) { author { id } } } }", id+1, id+1)
		}
		query.WriteString(" users(first: 100) { id } feed(first: 100) { author { id } comments { author { id } } } }")
		base := startTest(t, newTestAPI(t, s), time.Minute)
		var wait sync.WaitGroup
		begin := make(chan struct{})
		for n := range clients {
			c := base
			c.token = []string{"acme-1", "globex-2", "acme-3", "globex-4"}[n%4]
			me := viewers[c.token]
			wait.Go(func() {
				<-begin
				for range rounds {
					data, err := c.ask(t.Context(), query.String(), nil)
					if !assert.NoError(t, err) {
						return
					}
					assert.Equal(t, map[string]any{"id": strconv.Itoa(me.user)}, data["me"])
					for id := 1; id <= rows; id++ {
						if tenantOf(id) == me.tenant {
							assert.Equal(t, userName(id), data[fmt.Sprint("u", id)].(map[string]any)["name"])
						} else {
							assert.Nil(t, data[fmt.Sprint("u", id)])
						}
					}
					assert.NoError(t, eachID(data, func(id int) error {
						if tenantOf(id) != me.tenant {
							return fmt.Errorf("%s sees user %d", c.token, id)
						}
						return nil
					}))
				}
			})
		}
		close(begin)
		wait.Wait()
	})
}

func TestLoad(t *testing.T) {
	test := func(t *testing.T, dsn string) {
		var stdout, stderr strings.Builder
		args := []string{"load", "-clients", "40", "-for", "1s", "-users", strconv.Itoa(testUsers), "-dsn", dsn}
		require.Zero(t, run(t.Context(), args, &stdout, &stderr), stderr.String())
		require.Regexp(t, `[1-9]\d* answers, \d+ a second; 0 errors;`, stdout.String())
		require.Contains(t, stdout.String(), "\n0 goroutines left over\n")
	}
	t.Run("SQLite", func(t *testing.T) { test(t, "") })
	if postgresURL() != "" {
		t.Run("PostgreSQL", func(t *testing.T) { test(t, newPostgresDatabase(t)) })
	}
}

// The clients of the load command must notice what they are there for.
func TestLoadNoticesARowOfAnotherTenant(t *testing.T) {
	s := openTest(t, "")
	c := startTest(t, newTestAPI(t, s), time.Minute)
	for _, row := range []struct{ sql, want string }{
		{`UPDATE users SET tenant = 'acme' WHERE id = 12`, "acme-1 asked for user 12 of another tenant, and got it"},
		{`UPDATE users SET tenant = 'globex' WHERE id = 12`, ""},
		{`UPDATE users SET tenant = 'acme' WHERE id = 4; UPDATE users SET best_friend = 4 WHERE id = 1`,
			"acme-1 was shown user 4 of another tenant"},
		{`UPDATE users SET best_friend = 3 WHERE id = 1`, ""},
		{`DELETE FROM friendships`, "acme-1 was shown 12 users only"},
		{`DROP TABLE posts`, errDatabase.Error()},
	} {
		_, err := s.db.Exec(row.sql)
		require.NoError(t, err)
		err = c.askAndCheck(t.Context(), 0, 10, testUsers)
		if row.want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, row.want)
		}
	}

	o := load{clients: 2, duration: 100 * time.Millisecond, users: testUsers, url: c.url}.run(t.Context())
	require.NotEmpty(t, o.errs)
	require.Empty(t, o.times)
}
