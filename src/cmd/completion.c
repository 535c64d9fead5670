/*
 * completion.c: trackside completion: the completion script of bash, zsh or fish.
 *
 * The script is made from the command table, so it never offers a word or an option that the
 * program does not have. bash and zsh get one function with a case for each "command verb". A case
 * lists the words, and the options that take a value. A value is completed as a file's name.
 */
#include "cmd/cmd.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ITEMS_MAX 64

static const char help[] =
    "usage: trackside completion bash|zsh|fish\n"
    "\n"
    "Print the script that lets a shell complete commands, verbs and options:\n"
    "\n"
    "  eval \"$(trackside completion bash)\"      in ~/.bashrc\n"
    "  eval \"$(trackside completion zsh)\"       in ~/.zshrc, behind compinit\n"
    "  trackside completion fish | source        in ~/.config/fish/config.fish\n"
    "\n"
    "  --help               this text\n";

/* Options whose value is one of a few words. Other values are files or free text. */
static const struct {
    const char *command, *option, *values;
} choices[] = {
    {"serve", "log", "error warning info debug"},
    {"course", "format", "geojson kml gpx csv"},
    {"sql", "format", "table csv json"},
};

/* What may follow a "command" or a "command verb". Texts are borrowed from the tables. */
struct place {
    struct item {
        const char *name; /* without its dashes */
        int len;
        bool is_option, takes_value;
    } item[ITEMS_MAX];
    int n;
};

/* Adds an item. Above ITEMS_MAX nothing is added; no command comes near that. */
static void add(struct place *p, const char *name, int len, bool is_option, bool takes_value)
{
    if (p->n < ITEMS_MAX)
        p->item[p->n++] = (struct item){name, len, is_option, takes_value};
}

/* Adds options that are written as in struct cmd_verb. */
static void add_remote(struct place *p, const char *const *options)
{
    for (; *options; options++) {
        int len = (int)strcspn(*options, "=");

        add(p, *options, len, true, (*options)[len] == '=');
    }
}

/* What may follow a verb: its options, and those that all verbs share. */
static struct place place_of_verb(const struct command *c, const struct cmd_verb *v)
{
    struct place p = {.n = 0};

    add_remote(&p, v->options);
    add_remote(&p, c->shared_options);
    return p;
}

/* What may follow the command itself: its verbs, its words, or its options. */
static struct place place_of_command(const struct command *c)
{
    struct place p = {.n = 0};

    for (const char *at = c->words ? c->words : ""; *at; at += strspn(at, " ")) {
        add(&p, at, (int)strcspn(at, " "), false, false);
        at += strcspn(at, " ");
    }
    for (const struct cmd_verb *v = c->verbs; v && v->name; v++)
        add(&p, v->name, (int)strlen(v->name), false, false);
    for (const struct option *o = c->options; o && o->name; o++)
        add(&p, o->name, (int)strlen(o->name), true, o->has_arg != no_argument);
    if (c->verb) {
        add_remote(&p, c->verb->options);
        add_remote(&p, c->shared_options);
    } else if (!c->options)
        add(&p, "help", 4, true, false);
    return p;
}

/* Prints one case of the shell function: the words of a place, and which of them take a value. */
static void print_case(const char *command, const char *verb, const struct place *p)
{
    (void)printf("    \"%s %s\") words=\"", command, verb);
    for (int i = 0; i < p->n; i++)
        (void)printf("%s%s%.*s", i ? " " : "", p->item[i].is_option ? "--" : "", p->item[i].len,
            p->item[i].name);
    (void)printf("\" valued=\" ");
    for (int i = 0; i < p->n; i++)
        if (p->item[i].takes_value)
            (void)printf("--%.*s ", p->item[i].len, p->item[i].name);
    (void)printf("\" ;;\n");
}

/* Sets the variables `words` and `valued` for every place, in bash and zsh alike. A command without
 * verbs has the verb "". */
static void print_cases(const struct command *commands)
{
    (void)printf("    case \"$cmd $verb\" in\n    \" \") words=\"");
    for (const struct command *c = commands; c->name; c++)
        (void)printf("%s ", c->name);
    (void)printf("--help --version\" ;;\n");
    for (const struct command *c = commands; c->name; c++) {
        struct place p = place_of_command(c);

        print_case(c->name, "", &p);
        for (const struct cmd_verb *v = c->verbs; v && v->name; v++) {
            p = place_of_verb(c, v);
            print_case(c->name, v->name, &p);
        }
    }
    (void)printf("    esac\n    case \"$cmd $prev\" in\n");
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        (void)printf("    \"%s --%s\") words=\"%s\" valued= ;;\n", choices[i].command,
            choices[i].option, choices[i].values);
    (void)printf("    esac\n");
}

/* The commands that have verbs, as a pattern of `case`. */
static void print_with_verbs(const struct command *commands)
{
    const char *between = "";

    for (const struct command *c = commands; c->name; c++)
        if (c->verbs) {
            (void)printf("%s%s", between, c->name);
            between = "|";
        }
}

/* In bash COMP_WORDS holds the words of the line, and COMP_CWORD is the index of the word at the
 * cursor. */
static void print_bash(const struct command *commands)
{
    (void)printf("# bash completion of trackside, by 'trackside completion bash'\n"
                 "_trackside() {\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                 "    local cmd= verb= words= valued=\n"
                 "    [ \"$COMP_CWORD\" -lt 2 ] || cmd=${COMP_WORDS[1]}\n"
                 "    case \"$cmd\" in ");
    print_with_verbs(commands);
    (void)printf(") [ \"$COMP_CWORD\" -lt 3 ] || verb=${COMP_WORDS[2]} ;; esac\n");
    print_cases(commands);
    (void)printf("    COMPREPLY=()\n"
                 "    case \"$valued\" in *\" $prev \"*) return ;; esac\n"
                 "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                 "}\n"
                 "complete -o bashdefault -o default -F _trackside trackside\n");
}

/* compadd itself leaves out the words that do not begin with what was typed. */
static void print_zsh(const struct command *commands)
{
    (void)printf("#compdef trackside\n"
                 "# zsh completion of trackside, by 'trackside completion zsh'\n"
                 "_trackside() {\n"
                 "    local -a line=(\"${words[@]}\")\n"
                 "    local prev=${line[CURRENT - 1]} cmd= verb= words= valued=\n"
                 "    (( CURRENT < 3 )) || cmd=${line[2]}\n"
                 "    case \"$cmd\" in ");
    print_with_verbs(commands);
    (void)printf(") (( CURRENT < 4 )) || verb=${line[3]} ;; esac\n");
    print_cases(commands);
    (void)printf("    case \"$valued\" in *\" $prev \"*) _files; return ;; esac\n"
                 "    compadd -- ${=words}\n"
                 "    [[ -z $cmd || ${line[CURRENT]} == -* ]] || _files\n"
                 "}\n"
                 "compdef _trackside trackside\n");
}

/* One line of fish for each item of a place. `when` is the condition under which fish offers it. */
static void print_fish_place(const char *when, const struct place *p)
{
    for (int i = 0; i < p->n; i++) {
        const struct item *it = &p->item[i];

        (void)printf("complete -c trackside -n '%s' %s %.*s\n", when,
            !it->is_option    ? "-f -a"
            : it->takes_value ? "-r -l"
                              : "-l",
            it->len, it->name);
    }
}

/* Prints the lines of one command: its summary, its own words and options, then those of its
 * verbs. */
static void print_fish_command(const struct command *c)
{
    struct place p = place_of_command(c);
    char when[1024], verbs[256] = "";

    (void)printf("complete -c trackside -n __fish_use_subcommand -f -a %s -d '", c->name);
    for (const char *at = c->summary; *at; at++)
        (void)printf(*at == '\'' ? "\\'" : "%c", *at);
    (void)printf("'\n");
    for (const struct cmd_verb *v = c->verbs; v && v->name; v++) {
        size_t n = strlen(verbs);

        (void)snprintf(verbs + n, sizeof verbs - n, " %s", v->name);
    }
    (void)snprintf(when, sizeof when, "__fish_seen_subcommand_from %s%s%s", c->name,
        *verbs ? "; and not __fish_seen_subcommand_from" : "", verbs);
    print_fish_place(when, &p);
    for (const struct cmd_verb *v = c->verbs; v && v->name; v++) {
        p = place_of_verb(c, v);
        (void)snprintf(when, sizeof when,
            "__fish_seen_subcommand_from %s; and __fish_seen_subcommand_from %s", c->name, v->name);
        print_fish_place(when, &p);
    }
}

static void print_fish(const struct command *commands)
{
    (void)printf("# fish completion of trackside, by 'trackside completion fish'\n"
                 "complete -c trackside -n __fish_use_subcommand -l help\n"
                 "complete -c trackside -n __fish_use_subcommand -l version\n");
    for (const struct command *c = commands; c->name; c++)
        print_fish_command(c);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        (void)printf("complete -c trackside -n '__fish_seen_subcommand_from %s' -x -l %s -a '%s'\n",
            choices[i].command, choices[i].option, choices[i].values);
}

int cmd_completion(int argc, char **argv, const struct command *commands)
{
    static const struct {
        const char *shell;
        void (*print)(const struct command *commands);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fputs(help, stdout) < 0 ? CMD_FAILED : CMD_OK;
    for (size_t i = 0; argc == 2 && i < sizeof shells / sizeof *shells; i++)
        if (strcmp(argv[1], shells[i].shell) == 0) {
            shells[i].print(commands);
            return CMD_OK;
        }
    return cmd_usage("completion", "Give one of bash, zsh and fish.");
}
