using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>A connection on a card that gives connections up.</summary>
internal sealed class ExportingCardSocket(
    EmulatedCard card, CardLoop loop, int generation, IPEndPoint local, IPEndPoint remote, TcpSocketOptions options, CardClaim claim, IAdapterSocketEvents? events)
    : CardSocket(card, loop, generation, local, remote, options, claim, events), IExportsState
{
    public async ValueTask<IMoveSource> FreezeAsync(CancellationToken cancellationToken)
    {
        await Card.AnswerAsync(cancellationToken).ConfigureAwait(false);
        var socket = Running();
        // Not under the caller's token: what is frozen must be handed out, or it stays so.
        var state = await Loop.InvokeAsync(engine =>
        {
            if (!Card.IsDead)
                Loop.TakeArrived(); // What came before the packets were diverted would be lost, and have to be sent again.
            return engine.Freeze(socket);
        }).ConfigureAwait(false);
        return new Frozen(this, socket, state);
    }

    private TcpSocket Running() => !IsForgotten && EngineSocket is { } socket ? socket : throw new IOException("The card lost the connection.");

    private sealed class Frozen(ExportingCardSocket owner, TcpSocket socket, TcpConnectionState state) : IMoveSource
    {
        public TcpConnectionState State => state;

        public ValueTask ReleaseAsync() => RunAsync(engine => owner.Card.GiveToHost(owner.Loop, engine.Release(socket)));

        public ValueTask ResumeAsync() => RunAsync(engine => engine.Thaw(socket));

        private async ValueTask RunAsync(Action<TcpEngine> action)
        {
            await owner.Card.AnswerAsync(CancellationToken.None).ConfigureAwait(false);
            if (owner.IsForgotten)
                return; // The engine that had it is gone.
            await owner.Loop.InvokeAsync(engine =>
            {
                action(engine);
                return true;
            }).ConfigureAwait(false);
        }
    }
}
