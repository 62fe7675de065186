using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Toe.AspNetCore.Transport;

/// <content>What middleware finds. There is no socket among it: many connections have none.</content>
internal sealed partial class ToeTransportConnection :
    IToeConnectionFeature, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IMemoryPoolFeature
{
    // Tells this process's connections from another's in logs that several write.
    private static readonly string Process = RandomNumberGenerator.GetHexString(8);

    private string? _connectionId;
    private IDictionary<object, object?>? _items;

    public override IFeatureCollection Features { get; }

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>Ends with the connection's number in the stack, as <c>toe connections</c> shows it.</summary>
    public override string ConnectionId
    {
        get => _connectionId ??= string.Create(CultureInfo.InvariantCulture, $"{Process}-{_connection.Id}");
        set => _connectionId = value;
    }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public MemoryPool<byte> MemoryPool { get; }

    public ToeConnection Connection => _connection;

    void IConnectionLifetimeFeature.Abort() => Abort();

    private FeatureCollection CreateFeatures()
    {
        var features = new FeatureCollection(initialCapacity: 16);
        features.Set<IToeConnectionFeature>(this);
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        return features;
    }
}
