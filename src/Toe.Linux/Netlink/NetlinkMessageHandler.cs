namespace Toe.Linux;

/// <summary>Takes one data message of an answer.</summary>
internal delegate void NetlinkMessageHandler(NetlinkMessage message);
