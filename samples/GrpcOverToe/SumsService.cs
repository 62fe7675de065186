using Grpc.Core;

namespace GrpcOverToe;

/// <summary>The service as an application would write it, without a word about offload.</summary>
internal sealed class SumsService : Sums.SumsBase
{
    public override Task<Number> Add(Terms request, ServerCallContext context) => Task.FromResult(new Number { Value = request.Values.Sum() });

    public override async Task Count(Number request, IServerStreamWriter<Number> responseStream, ServerCallContext context)
    {
        for (var value = 1; value <= request.Value; value++)
            await responseStream.WriteAsync(new Number { Value = value }, context.CancellationToken);
    }

    public override async Task AddUp(IAsyncStreamReader<Number> requestStream, IServerStreamWriter<Number> responseStream, ServerCallContext context)
    {
        var sum = 0L;
        await foreach (var number in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new Number { Value = sum += number.Value }, context.CancellationToken);
    }
}
