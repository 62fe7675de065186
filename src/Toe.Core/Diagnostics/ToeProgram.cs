using System.Globalization;
using System.Runtime.CompilerServices;

namespace Toe.Diagnostics;

/// <summary>A program on this machine that uses the SDK, and what it can be asked to do. Every request leaves a line in the program's log.</summary>
public sealed class ToeProgram
{
    private readonly string _path;

    private ToeProgram(int pid, string path) => (Pid, _path) = (pid, path);

    /// <summary>The process.</summary>
    public int Pid { get; }

    /// <summary>The programs that have an endpoint, whether they answer or not.</summary>
    public static IReadOnlyList<ToeProgram> FindAll() => [.. ProgramEndpoints.Find().DistinctBy(static found => found.Pid).Select(static found => new ToeProgram(found.Pid, found.Path))];

    /// <summary>One program; null when it has no endpoint that this user can see.</summary>
    /// <param name="pid">The process.</param>
    public static ToeProgram? Find(int pid) => FindAll().FirstOrDefault(program => program.Pid == pid);

    /// <summary>Moves connections to the host stack.</summary>
    /// <param name="connectionId">The connection; null for all that are on an adapter.</param>
    /// <param name="cancellationToken">Ends the request: what is moved stays moved.</param>
    /// <returns>One step for each connection.</returns>
    /// <exception cref="ToeProgramException">The program is not there, does not know the connection, or ended the answer.</exception>
    public IAsyncEnumerable<MoveStep> UploadAsync(long? connectionId, CancellationToken cancellationToken = default) =>
        MoveAsync($"upload {Name(connectionId)}", cancellationToken);

    /// <summary>Moves connections to an adapter.</summary>
    /// <param name="connectionId">The connection; null for all that are elsewhere, or, without an adapter, on the host stack.</param>
    /// <param name="adapterId">The adapter; null for the first in the program's order of preference that takes the connection.</param>
    /// <param name="cancellationToken">Ends the request: what is moved stays moved.</param>
    /// <returns>One step for each connection.</returns>
    /// <exception cref="ToeProgramException">The program is not there, does not know the connection or the adapter, or ended the answer.</exception>
    public IAsyncEnumerable<MoveStep> OffloadAsync(long? connectionId, string? adapterId, CancellationToken cancellationToken = default) =>
        MoveAsync(adapterId is null ? $"offload {Name(connectionId)}" : $"offload {Name(connectionId)} {adapterId}", cancellationToken);

    /// <summary>Sets an adapter aside until <see cref="UndoDrainAsync"/> or the program's end, and moves its connections to others or to the host stack.</summary>
    /// <param name="adapterId">The adapter.</param>
    /// <param name="deadline">How long to wait for connections that do not move; they may end. The adapter stays set aside after it.</param>
    /// <param name="cancellationToken">Ends the request: the adapter stays set aside, and what is moved stays moved.</param>
    /// <returns>A step for each connection and each look; at the end those that stayed.</returns>
    /// <exception cref="ToeProgramException">The program is not there, does not have the adapter, or ended the answer.</exception>
    public IAsyncEnumerable<MoveStep> DrainAsync(string adapterId, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(adapterId);
        return MoveAsync(string.Create(CultureInfo.InvariantCulture, $"drain {deadline.TotalSeconds:0.###} {adapterId}"), cancellationToken);
    }

    /// <summary>Takes an adapter back.</summary>
    /// <param name="adapterId">The adapter.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ToeProgramException">The program is not there, or the adapter was not set aside.</exception>
    public async Task UndoDrainAsync(string adapterId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(adapterId);
        await foreach (var _ in MoveAsync($"undrain {adapterId}", cancellationToken).ConfigureAwait(false))
        {
            // It says no more than that it is done.
        }
    }

    /// <summary>Begins a capture of the packets of the program's offloaded connections.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ToeProgramException">The program is not there, or none of its adapters shows its packets.</exception>
    public async Task<ProgramCapture> StartCaptureAsync(CancellationToken cancellationToken = default)
    {
        var answer = await ProgramAnswer.AskAsync(Pid, _path, string.Create(CultureInfo.InvariantCulture, $"capture {LastingRequest.LargestPacket}"), cancellationToken).ConfigureAwait(false);
        try
        {
            return await ProgramCapture.BeginAsync(answer, cancellationToken).WaitAsync(ProgramAnswer.Patience, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            answer.Dispose();
            throw new ToeProgramException($"Process {Pid} does not answer.", inner: exception);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static string Name(long? connectionId) => connectionId?.ToString(CultureInfo.InvariantCulture) ?? "all";

    private async IAsyncEnumerable<MoveStep> MoveAsync(string question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await ProgramAnswer.AskAsync(Pid, _path, question, cancellationToken).ConfigureAwait(false);
        while (await answer.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { IsDone: false } line)
        {
            if (line.Step is { } step)
                yield return step.Connection is { } moved ? step with { Connection = moved with { Pid = Pid } } : step;
        }
    }
}
