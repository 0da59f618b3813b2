package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"miandan/agent/internal/app"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// adminEnv names the administrator's address of the database, so that its password
// need not stand in a command line that everybody may read.
const adminEnv = "MIANDAN_FLEET_ADMIN"

func (c *command) fleet() *cobra.Command {
	return family(&cobra.Command{Use: "fleet", Short: "Stations that share one queue, through PostgreSQL"},
		c.fleetInit(), c.fleetInvite(), c.fleetJoin(), c.fleetStatus(), c.fleetRevoke(), c.fleetLeave())
}

// asAdmin does something as the keeper of the database.
func asAdmin(ctx context.Context, dsn string, do func(*fleet.Admin) error) error {
	if dsn == "" {
		dsn = os.Getenv(adminEnv)
	}
	if dsn == "" {
		return usageError{fmt.Errorf("name the database as its administrator: --dsn, or %s", adminEnv)}
	}
	a, err := fleet.OpenAdmin(ctx, secret.New(dsn))
	if err != nil {
		return err
	}
	defer a.Close(context.WithoutCancel(ctx))
	err = do(a)
	if n := (*notice.Error)(nil); err != nil && !errors.As(err, &n) {
		return notice.New("fleet-admin", err, err.Error())
	}
	return err
}

func adminFlag(cmd *cobra.Command, dsn *string) *cobra.Command {
	cmd.Flags().StringVar(dsn, "dsn", "", "address of the database as its administrator (or "+adminEnv+")")
	return cmd
}

func (c *command) fleetInit() *cobra.Command {
	var dsn string
	return adminFlag(&cobra.Command{
		Use: "init", Short: "Prepare a database, or bring it to this version", Args: cobra.NoArgs,
		Long: "Makes the roles and tables that stations share, or brings them to what this version knows. It may be run again,\n" +
			"also while stations work. The first time it needs a superuser; later a role with CREATEROLE that was given\n" +
			"miandan_owner, miandan_gate, miandan_bench and miandan_platform WITH ADMIN OPTION, and pg_signal_backend.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := asAdmin(cmd.Context(), dsn, func(a *fleet.Admin) error {
				if err := a.Init(cmd.Context()); err != nil {
					return err
				}
				return platform.Prepare(cmd.Context(), a.Conn())
			})
			if err != nil {
				return err
			}
			fmt.Fprintln(c.Out, notice.Text(c.language, "fleet-said-ready"))
			return nil
		},
	}, &dsn)
}

func (c *command) fleetInvite() *cobra.Command {
	var dsn string
	var s fleet.Station
	cmd := adminFlag(&cobra.Command{
		Use: "invite NAME", Short: "Make a code with which a computer joins, once and within an hour", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.Name = args[0]
			var code fleet.Code
			err := asAdmin(cmd.Context(), dsn, func(a *fleet.Admin) (err error) {
				code, err = a.Invite(cmd.Context(), s)
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprintln(c.Out, code.Words())
			return nil
		},
	}, &dsn)
	cmd.Flags().BoolVar(&s.Platform, "platform", false, "it holds the secrets of platforms and carriers, and takes numbers for all")
	cmd.Flags().StringVar(&s.Zone, "zone", "", "the part of the room it stands in")
	return cmd
}

func (c *command) fleetJoin() *cobra.Command {
	var dsn string
	cmd := &cobra.Command{
		Use: "join CODE --dsn ADDRESS", Short: "Make this computer a station of a fleet", Args: cobra.ExactArgs(1),
		Long: "Makes this computer the station that the code was made for. The address names the servers and the database,\n" +
			"without user and password: postgres://db.example.com/miandan?sslmode=verify-full. The agent must be stopped. It is\n" +
			"refused while orders wait here for a number or labels are not settled; for what has its number nobody takes another.",
		RunE: func(cmd *cobra.Command, args []string) error {
			me, err := app.JoinFleet(cmd.Context(), c.data, c.config, dsn, args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(c.Out, notice.Text(c.language, "fleet-said-joined", me.Name))
			return nil
		},
	}
	cmd.Flags().StringVar(&dsn, "dsn", "", "address of the database, without user and password")
	cmd.MarkFlagRequired("dsn")
	return cmd
}

func (c *command) fleetStatus() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show the stations, what they hold, and what stands for a person", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := app.ReachFleet(cmd.Context(), c.data, c.config)
			if err != nil {
				return err
			}
			defer db.Close()
			room, err := db.Room(cmd.Context())
			switch {
			case errors.Is(err, fleet.ErrRevoked):
				return notice.New("fleet-revoked", err, db.Name())
			case err != nil:
				return notice.New("fleet-away", err)
			case c.json:
				return c.printJSON(room)
			}
			return c.printRoom(room)
		},
	}
}

func (c *command) printRoom(room fleet.Room) error {
	t := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "STATION\tZONE\tSTATE\tCLAIMED\tSTARTED\tLOT\tUNKNOWN\tDONE/H\tPRINTERS")
	for _, s := range room.Stations {
		state := "silent"
		if s.Alive {
			state = "alive"
		}
		if s.Platform {
			state += ",platform"
		}
		var printers []string
		for _, p := range s.Printers {
			word := p.Trouble
			if p.Ready {
				word = "ready"
			}
			printers = append(printers, p.Name+":"+word)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", s.Name, s.Zone, state, s.Claimed, s.Started, s.Lot, s.Unknown, s.DoneHour, strings.Join(printers, " "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(c.Out, notice.Text(c.language, "fleet-said-waiting", room.Labels["queued"], room.Late, len(room.Stuck)+room.StuckMore, len(room.Alarms)))
	if room.Durability.Why != "" {
		fmt.Fprintln(c.Err, notice.Text(c.language, notice.Code(room.Durability.Why)))
	}
	return nil
}

func (c *command) fleetRevoke() *cobra.Command {
	var dsn, reason string
	cmd := adminFlag(&cobra.Command{
		Use: "revoke NAME --reason WHY", Short: "Take a station's membership, and list what it can still read", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var had []fleet.Fetched
			err := asAdmin(cmd.Context(), dsn, func(a *fleet.Admin) (err error) {
				had, err = a.Revoke(cmd.Context(), args[0], who(), reason)
				return err
			})
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(had)
			}
			fmt.Fprintln(c.Out, notice.Text(c.language, "fleet-said-revoked", args[0], len(had)))
			t := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
			for _, f := range had {
				fmt.Fprintf(t, "%d\t%s\t%s\n", f.Label, f.Order, f.First.Local().Format("2006-01-02 15:04:05"))
			}
			return t.Flush()
		},
	}, &dsn)
	cmd.Flags().StringVar(&reason, "reason", "", "why; it goes into the record")
	cmd.MarkFlagRequired("reason")
	return cmd
}

func (c *command) fleetLeave() *cobra.Command {
	return &cobra.Command{
		Use: "leave", Short: "Make this computer stand alone again", Args: cobra.NoArgs,
		Long: "What it has claimed goes back to the others, and its history stays. The agent must be stopped. It is refused\n" +
			"while something is started here and nobody knows what became of it.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := app.LeaveFleet(cmd.Context(), c.data, c.config, who()); err != nil {
				return err
			}
			fmt.Fprintln(c.Out, notice.Text(c.language, "fleet-said-left"))
			return nil
		},
	}
}
