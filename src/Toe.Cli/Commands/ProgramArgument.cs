using System.CommandLine;
using Toe.Diagnostics;

namespace Toe.Cli.Commands;

/// <summary><c>--pid</c>: the program that a command is for.</summary>
internal static class ProgramArgument
{
    public static Option<int?> Create(bool required) => new("--pid") { Description = "The program, by its process.", HelpName = "PID", Required = required };

    /// <summary>Finds the program.</summary>
    /// <exception cref="NothingMatchedException">Nobody with that number uses the SDK.</exception>
    public static ToeProgram Find(int pid) => ToeProgram.Find(pid) ?? throw new NothingMatchedException($"Process {pid} has no diagnostic endpoint that this user can see.");
}
