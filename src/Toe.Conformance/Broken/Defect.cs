namespace Toe.Conformance;

/// <summary>What can be wrong with a provider, one thing at a time.</summary>
internal enum Defect
{
    CapitalName, NewInstances, DoubleIds, NamelessDevice, DeafDiscovery, DisposesOnce, AsksForRescans, NullList,
    ForeignId, WrongProvider, NoModel, UnknownEvidence, ChangingIdentity, NullInterfaces, RandomId,
    SlowStatus, StaleStatus, DeafRefresh, SingleRefresh, UnknownHealth, IllWithoutReason, NoRung,
    VersionWithoutText, BlankFirmware, DoubleParts, ChangingFirmware,
    UnknownFeature, NoFamily, ClaimsImports, HidesActiveOpen, HidesPassiveOpen, RefusesIPv6Oddly, FactWithoutSource,
    ConnectsAtOpen, WrongRemote, IgnoresLocal, SilentOptions, AlwaysDowngrades, DeafOpen, BothAnswers, SilentListenOptions,
    DeafConnect, ConnectOutlivesDisposal, ClosesAtConnect, ConnectsTwice, WrongLocalEndPoint,
    ListensAtPortZero, WrongPeer, NeverAsks, AsksTwice, AcceptsAfterDisposal, EndsAcceptedWithListener, SharesPorts, DropsEarlyBytes,
    DropsLastByte, FlipsABit, BytesWithWouldBlock, TakesIntoNoRoom, EndsOnce, EndsEarly, CompletesBothWays, EndStopsSending, CompletingDropsBytes, ThrowsAfterEnd, HangsInReceive, MixesConnections,
    DoublesReady, AnnouncesUnarmed, LosesReady, AnnouncesBothDirections, CountsArms, AnnouncesTooEarly, NeverAnnouncesSend,
    ClosesTwice, WrongCloseError, NoCloseEvent, EventAfterAbort, EventAfterDisposal, AbortsWithFin, ResetLooksLikeEnd, AbortsOnce,
    EndlessBuffer, TakesWhileBlocked,
    WrongState, NegativeCounters, NoRoundTripTime, AcknowledgesTooMuch, InfoThrowsAfterEnd, UnknownConfidence,
    NamelessTable, WrongExhaustion, OverfullTable, NegativeCost, LimitWithoutSource, LeaksEntries, CostsNothing,
    SilentFailure, RefusesOddlyWhenFailed, NewIdWhenBack, StopsWithoutReason, ClosesWithoutReason,
    WrongTuple, ForgetsUnread, NoSegmentSize, NeverResumes, ScaledOneWay, EventAfterLeaving, TakesNonsense, LeaksPlaces,
    CapturesOneWay, CapturesMirrored, CapturesAfterDisposal, WrongLinkType,
    AdapterDisposesOnce, LeaksHandles, TalksAfterDisposal, WritesBeyond,
}
