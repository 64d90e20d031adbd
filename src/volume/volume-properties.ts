/** The volume's segment properties. */
import { SegmentPropertiesFolder } from "./segment-properties.js";
import { VolumeSkeletons } from "./volume-skeletons.js";

export abstract class VolumeProperties extends VolumeSkeletons {
  /** Labels, descriptions, tags and numbers of segments, in the folder that the info's `segment_properties` names. */
  get segmentProperties(): SegmentPropertiesFolder {
    const { context, metadata } = this.parts;
    const { info } = this;
    return new SegmentPropertiesFolder({
      store: context.store,
      folder: info.segment_properties?.replace(/\/+$/, ""),
      claim: () => {
        metadata.verifyWritable();
        info.segment_properties ||= "segment_properties";
        return info.segment_properties.replace(/\/+$/, "");
      },
    });
  }
}
